import { afterEach, beforeEach, expect, test } from "vitest"
import { setRegion } from "@/lib/region"
import { makeCard } from "@/testing/factories"
import { dueOf, myWork } from "./myWork"

const now = Date.parse("2026-11-25T12:00:00Z") // a Wednesday

beforeEach(() => setRegion({ locale: "en", time_zone: "Europe/Berlin" }))
afterEach(() => setRegion(null))

test.each([
  [null, "none"],
  ["2026-11-24T22:59:59Z", "overdue"],
  ["2026-11-24T23:30:00Z", "today"],
  ["2026-11-25T22:59:59Z", "today"],
  ["2026-11-29T22:59:59Z", "week"],
  ["2026-11-29T23:00:00Z", "later"],
])("due %s is %s, by the calendar of whoever looks", (due, expected) => {
  expect(dueOf(due, now)).toBe(expected)
})

test("mine by due date and weight; where work waits for work of others", () => {
  const mine = { assignee_id: "ada" }
  const tasks = [
    makeCard("low", { ...mine, priority: "low" }),
    makeCard("high", { ...mine, priority: "high" }),
    makeCard("late", { ...mine, due_date: "2026-11-20T12:00:00Z" }),
    makeCard("done", { ...mine, status: "done" }),
    makeCard("old", { ...mine, archived_at: "2026-01-01T00:00:00Z" }),
    makeCard("theirs", { assignee_id: "grace" }),
    makeCard("nobodys"),
  ]
  const link = (task_id: string, depends_on_task_id: string, type = "finish_to_start") => ({ task_id, depends_on_task_id, type })
  const { byDue, blocked, waitForMe } = myWork({
    tasks,
    dependencies: [link("high", "theirs"), link("high", "nobodys"), link("theirs", "low"), link("late", "low"), link("theirs", "done"), link("nobodys", "late", "start_to_start")],
    isDone: ({ status }) => status === "done",
    me: "ada",
    now,
  })
  expect(Object.fromEntries([...byDue].map(([due, list]) => [due, list.map(({ id }) => id)]))).toEqual({ none: ["high", "low"], overdue: ["late"] })
  const ids = (list: typeof blocked) => list.map(({ task, others }) => [task.id, others.map(({ id }) => id)])
  expect(ids(blocked)).toEqual([["high", ["theirs", "nobodys"]]])
  expect(ids(waitForMe)).toEqual([["low", ["theirs"]]])
})

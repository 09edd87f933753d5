import { expect, test } from "vitest"
import { makeCard, makeState, makeUser } from "@/testing/factories"
import { asAtFirst, parseSettings, sortedNext, type Grouping, type SortedBy } from "./listSettings"
import { groupsOf, rowsOf, steppedFrom } from "./listView"

const known = {
  states: [makeState("todo"), makeState("done")],
  people: [makeUser(), makeUser({ id: "grace", first_name: "Grace" })],
  milestones: [],
}
const tasks = [
  makeCard("a", { number: 1, assignee_id: "grace", tags: ["x", "y"], due_date: "2026-03-02T10:00:00Z", priority: "low" }),
  makeCard("b", { number: 2, status: "done", due_date: "2026-03-01T10:00:00Z", priority: "urgent" }),
  makeCard("c", { number: 10, assignee_id: "ada", tags: ["y"] }),
]
const rank: SortedBy = { column: "rank", descending: false }
const shown = (grouping: Grouping, sort = rank) =>
  groupsOf(tasks, grouping, sort, known).map(({ name, tasks: own }) => `${name}: ${own.map(({ id }) => id).join("")}`)

test("groups are in the order of what they stand for, and empty ones are left out", () => {
  expect(shown("status")).toEqual(["todo: ac", "done: b"])
  expect(shown("assignee")).toEqual(["Ada Lovelace: c", "Grace Lovelace: a", "Unassigned: b"])
  expect(shown("priority")).toEqual(["Urgent priority: b", "Medium priority: c", "Low priority: a"])
  expect(shown("milestone")).toEqual(["No milestone: abc"])
  expect(shown("none")).toEqual(["All tasks: abc"])
})

test("a task with two tags stands under both, one without any last", () => {
  expect(shown("tag")).toEqual(["x: a", "y: ac", "No tag: b"])
})

test("what has no date is last, whatever the direction", () => {
  expect(shown("none", { column: "due", descending: false })).toEqual(["All tasks: bac"])
  expect(shown("none", { column: "due", descending: true })).toEqual(["All tasks: abc"])
})

test("keys are sorted as numbers, and by the most urgent first", () => {
  expect(shown("none", { column: "key", descending: true })).toEqual(["All tasks: cba"])
  expect(shown("none", { column: "priority", descending: false })).toEqual(["All tasks: bca"])
})

test("a step goes over the lines of groups and stops at the ends", () => {
  const rows = rowsOf(groupsOf(tasks, "status", rank, known), "status", new Set())
  expect(rows.map(({ kind }) => kind)).toEqual(["group", "task", "task", "group", "task"])
  expect(steppedFrom(rows, 2, 1)).toBe(4)
  expect(steppedFrom(rows, 4, 1)).toBe(4)
  expect(steppedFrom(rows, 1, -1)).toBe(1)
})

test("a folded group keeps its line alone", () => {
  const rows = rowsOf(groupsOf(tasks, "status", rank, known), "status", new Set(["todo"]))
  expect(rows.map(({ kind }) => kind)).toEqual(["group", "group", "task"])
})

test("settings that are broken or of another version are as at first", () => {
  expect(parseSettings("{")).toEqual(asAtFirst)
  expect(parseSettings('{"grouping":"moon","columns":["due","moon"],"sort":{"column":"moon"}}')).toEqual({ ...asAtFirst, columns: ["due"] })
})

test("a column's head sorts up, down, and no more", () => {
  const up = sortedNext(rank, "due")
  const down = sortedNext(up, "due")
  expect([up.descending, down.descending, sortedNext(down, "due").column]).toEqual([false, true, "rank"])
})

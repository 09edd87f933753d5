import { expect, test } from "vitest"
import type { Project } from "@/lib/api/types"
import { finishedByWeek } from "./pieces"
import { projectsAtRisk } from "./risk"

const now = Date.parse("2026-03-10T12:00:00Z")
const project = (id: string, end_date: string | null = null) => ({ id, name: id, end_date }) as Project
const states = ["a", "b", "c"].flatMap((project_id) => [
  { project_id, key: "todo", category: "unstarted" as const },
  { project_id, key: "done", category: "completed" as const },
])
const task = (project_id: string, status: string, due_date: string | null = null) => ({ project_id, status, due_date })

test("projects are at risk by overdue work, or by open work after their last day", () => {
  const tasks = [
    task("a", "todo", "2026-03-10T11:59:59Z"), task("a", "todo", "2026-03-11T00:00:00Z"), task("a", "done", "2026-01-01T00:00:00Z"),
    task("b", "todo"), task("c", "done"),
  ] // prettier-ignore
  const found = projectsAtRisk([project("c", "2026-01-01"), project("b", "2026-03-09"), project("a")], states, tasks, "2026-03-10", now)
  expect(found.map(({ project: { id }, open, overdue, isLate }) => [id, open, overdue, isLate])).toEqual([
    ["a", 2, 1, false],
    ["b", 1, 0, true],
  ])
})

test("days are added up by the week; the first begins where the range does", () => {
  const days = ["2026-03-07", "2026-03-08", "2026-03-09", "2026-03-10"].map((start, place) => ({ start, completed: place + 1 }))
  expect(finishedByWeek(days, "day")).toEqual({ unit: "week", pieces: [{ start: "2026-03-07", completed: 3 }, { start: "2026-03-09", completed: 7 }] })
  expect(finishedByWeek(days, "month").pieces).toEqual(days)
})

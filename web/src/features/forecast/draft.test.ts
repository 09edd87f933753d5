import { expect, test } from "vitest"
import { changed, meantBy, minutesOf } from "./draft"

const task = { task_id: "t", left_out: false }

test("a field that is empty again is no difference, and a task without any is none", () => {
  const due = changed(task, { due_date: "2026-12-01T17:00:00Z" })
  expect(due.due_date).toBe("2026-12-01T17:00:00Z")
  expect(meantBy({ tasks: [changed(due, { due_date: undefined })], added: [], absences: [], capacities: [] }).tasks).toEqual([])
})

test("nobody is a difference; of what is left out only that is said", () => {
  const draft = { tasks: [changed(task, { assignee_id: null }), changed({ ...task, task_id: "u" }, { left_out: true, duration_minutes: 60 })], added: [], absences: [], capacities: [] }
  expect(meantBy(draft).tasks).toEqual([
    { task_id: "t", left_out: false, assignee_id: null },
    { task_id: "u", left_out: true },
  ])
})

test("hours are minutes; what is none is not sent", () => {
  expect([minutesOf("1.5"), minutesOf("0"), minutesOf(""), minutesOf("-2"), minutesOf("x")]).toEqual([90, 0, undefined, undefined, undefined])
})

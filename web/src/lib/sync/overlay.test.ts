import { expect, test } from "vitest"
import { makeCard } from "@/testing/factories"
import type { Action, Deed } from "./actions"
import { clashes, clashText, isAsWanted } from "./conflict"
import type { TaskRow } from "./models"
import { overlay } from "./overlay"

let last = 0
const act = (entity: string, deed: Deed): Action => ({ ...deed, entity, id: String(last++).padStart(6, "0"), at: "2026-02-01T00:00:00Z", name: entity })
const rows = (...tasks: TaskRow[]) => Object.fromEntries(tasks.map((task) => [task.id, task]))
const base = rows(makeCard("a", { position: "a1" }), makeCard("b", { position: "a2" }), makeCard("c", { position: "a3", status: "done" }))
const over = (actions: Action[], under = base) => overlay(actions, { base: under, person: "ada" })

function order(actions: Action[]): string[] {
  const seen = Object.values({ ...base, ...over(actions) }).filter((task) => task !== null)
  return seen.sort((one, other) => (one.position < other.position ? -1 : 1)).map(({ id, status }) => `${id} ${status}`)
}

test.each([
  ["after one", { after_id: "a" }, ["a todo", "c todo", "b todo"]],
  ["before one", { before_id: "a" }, ["c todo", "a todo", "b todo"]],
  ["after the last of another column", { after_id: "b" }, ["a todo", "b todo", "c todo"]],
])("a card moved %s stands there", (_, beside, expected) => {
  expect(order([act("c", { type: "task.move", status: "todo", ...beside })])).toEqual(expected)
})

test("a card dropped after another that was just dropped comes between it and what follows", () => {
  const moves = [
    act("c", { type: "task.move", status: "todo", after_id: "a" }),
    act("n", { type: "task.create", project_id: "project", task: { title: "N", status: "todo" } }),
    act("n", { type: "task.move", status: "todo", after_id: "a" }),
  ]
  expect(order(moves)).toEqual(["a todo", "n todo", "c todo", "b todo"])
})

test("what waits is done again over what arrives: the server's other fields, our own ones", () => {
  const edit = act("a", { type: "task.update", patch: { title: "Mine" }, before: { title: "Task a" } })
  const arrived = { ...base, a: makeCard("a", { position: "a1", priority: "urgent", version: 9 }) }
  expect(over([edit], arrived).a).toMatchObject({ title: "Mine", priority: "urgent", version: 9 })
})

test("a deleted task is gone, a new one last, and its number is the server's to give", () => {
  const result = over([act("a", { type: "task.delete" }), act("n", { type: "task.create", project_id: "project", task: { title: "New" } })])
  expect(result.a).toBeNull()
  expect(result.n).toMatchObject({ key: "New", title: "New", number: 0, reporter_id: "ada" })
})

test("once the server's row of a new task is here, that is what is shown", () => {
  const create = act("a", { type: "task.create", project_id: "project", task: { title: "Old words" } })
  expect(over([create])).toEqual({})
})

test("an archived task says when; many are changed at once", () => {
  const result = over([act("a", { type: "tasks.update", ids: ["a", "b", "gone"], patch: { archived: true, priority: "low" } })])
  expect(Object.keys(result)).toEqual(["a", "b"])
  expect(result.b).toMatchObject({ archived_at: "2026-02-01T00:00:00Z", priority: "low" })
})

test("it clashes when somebody set the same field otherwise, and not beside it", () => {
  const edit = act("a", { type: "task.update", patch: { priority: "urgent" }, before: { priority: "medium" } })
  expect(clashes(edit, makeCard("a", { title: "Other", version: 4 }))).toEqual([])
  expect(clashes(edit, makeCard("a", { priority: "urgent" }))).toEqual([])
  expect(isAsWanted(edit, makeCard("a", { priority: "urgent" }))).toBe(true)
  const [clash] = clashes(edit, makeCard("a", { priority: "low" }))
  expect(clash).toEqual({ field: "priority", mine: "urgent", theirs: "low" })
  expect(clashText("WEB-1", [clash!], () => [])).toBe("WEB-1, priority: you chose “urgent”, but meanwhile it became “low”, which was kept.")
})

test("the server's way of writing a value is no clash", () => {
  const edit = act("a", { type: "task.update", patch: { estimated_hours: "2" }, before: { estimated_hours: "1.00" } })
  expect(isAsWanted(edit, makeCard("a", { estimated_hours: "2.00" }))).toBe(true)
  expect(clashes(edit, makeCard("a", { estimated_hours: "1" }))).toEqual([])
})

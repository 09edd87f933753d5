import { expect, test } from "vitest"
import { answerName, rowsOf, toAnswers, toPermissions } from "./matrix"
import { allows } from "./permissions"

const offered = ["task:update", "task:update:in_project", "task:update:is_assignee", "task:read", "user:update:not_owner", "project:read", "badge:award"].map(
  (permission) => ({ permission, description: "" }),
)
const rows = rowsOf(offered)
const cells = rows.flatMap((row) => row.cells)

test("rows and actions stand in the order of people's thoughts, unknown ones last", () => {
  expect(rows.map(({ resource, cells: of }) => [resource, of.map(({ action }) => action)])).toEqual([
    ["project", ["read"]],
    ["task", ["read", "update"]],
    ["user", ["update"]],
    ["badge", ["award"]],
  ])
})

test("a cell offers from never to always only what the server offers", () => {
  expect(cells.find(({ resource, action }) => resource === "task" && action === "update")?.choices).toEqual(["never", "in_project", "is_assignee", "always"])
  expect(cells.find(({ resource }) => resource === "user")?.choices).toEqual(["never", "not_owner"])
})

test.each([
  [[], { "task:update": "never", "project:read": "never" }],
  [["task:update:is_assignee"], { "task:update": "is_assignee", "task:read": "never" }],
  [["task:update:is_assignee", "task:update:in_project"], { "task:update": "in_project+is_assignee" }],
  [["task:*", "task:update:is_assignee"], { "task:update": "always", "task:read": "always", "user:update": "never" }],
  [["*:*"], { "task:update": "always", "user:update": "not_owner", "badge:award": "always" }],
])("%o as a table", (permissions, answers) => {
  expect(toAnswers(permissions, cells)).toMatchObject(answers)
})

test("what was read is what is sent", () => {
  const permissions = ["project:read", "task:read", "task:update:in_project", "task:update:is_assignee", "user:update:not_owner"]
  expect(toPermissions(toAnswers(permissions, cells))).toEqual(permissions)
})

test("answers are said in words", () => {
  expect(answerName("in_project+is_assignee")).toBe("In their projects, or when assigned")
  expect(answerName("on_full_moon")).toBe("On full moon")
})

test("what is allowed under a condition is allowed, what nothing names is not", () => {
  expect(allows(["task:update:is_assignee"], "task", "update")).toBe(true)
  expect(allows(["*:*"], "audit", "read")).toBe(true)
  expect(allows(["audit:*"], "audit", "read")).toBe(true)
  expect(allows(["task:update:is_assignee"], "task", "delete")).toBe(false)
})

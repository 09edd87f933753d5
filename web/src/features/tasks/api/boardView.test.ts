import { expect, test } from "vitest"
import { makeCard, makeState } from "@/testing/factories"
import { layoutOf } from "@/testing/tables"
import { noFilters } from "../filters/boardFilters"
import { boardOf } from "./boardView"

const states = [makeState("todo"), makeState("done")]
const tasks = [
  makeCard("b", { title: "Bake", tags: ["x", "y"], priority: "high" }),
  makeCard("a", { assignee_id: "ada", description: "The OVEN" }),
  makeCard("z", { status: "done", archived_at: "2026-01-01T00:00:00Z" }),
  makeCard("c", { status: "done", key: "WEB-7", position: "B" }),
  makeCard("d", { status: "done", position: "a" }),
]
const shown = (filters: Partial<typeof noFilters>) => layoutOf(boardOf(tasks, states, { ...noFilters, ...filters }))

test.each([
  ["nothing", {}, { todo: ["a", "b"], done: ["c", "d"] }],
  ["text in the title or description, whatever the case", { q: " oven " }, { todo: ["a"], done: [] }],
  ["a whole key", { q: "web-7" }, { todo: [], done: ["c"] }],
  ["nobody", { assignees: ["none"] }, { todo: ["b"], done: ["c", "d"] }],
  ["somebody or nobody", { assignees: ["ada", "none"] }, { todo: ["a", "b"], done: ["c", "d"] }],
  ["all of the tags", { tags: ["x", "y"] }, { todo: ["b"], done: [] }],
  ["all of the tags, one missing", { tags: ["x", "q"] }, { todo: [], done: [] }],
  ["a priority", { priorities: ["high" as const] }, { todo: ["b"], done: [] }],
  ["what is archived", { archived: true }, { todo: [], done: ["z"] }],
])("filtered by %s", (_, filters, expected) => {
  expect(shown(filters)).toEqual(expected)
})

test("a card is the same object as long as its task is", () => {
  const first = boardOf(tasks, states, noFilters).columns[0]!.items[0]
  expect(boardOf([...tasks], states, noFilters).columns[0]!.items[0]).toBe(first)
})

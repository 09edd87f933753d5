import { expect, test } from "vitest"
import { queryProblem } from "./queryProblem"

const problem = (position: number, length: number) => ({
  status: 422,
  slug: "invalid-query",
  detail: "",
  errors: [{ field: "query", message: `character ${position}: “huge” is unknown`, data: { position, length } }],
})

test("points at the characters that are wrong, whatever stands before them", () => {
  expect(queryProblem(problem(12, 4), "🥐 priority:huge due<7d")).toEqual({ message: "“huge” is unknown", before: "🥐 priority:", wrong: "huge", after: " due<7d" })
  expect(queryProblem(problem(16, 4), "a prio:huge", "in (x")).toMatchObject({ wrong: "e", before: "a prio:hug" })
})

test("where something is missing it points behind the end; another failure is none of the query's", () => {
  expect(queryProblem(problem(99, 0), "tag:")).toMatchObject({ before: "tag:", wrong: "", after: "" })
  expect(queryProblem({ status: 500, slug: "", detail: "", errors: [] }, "tag:")).toBeNull()
})

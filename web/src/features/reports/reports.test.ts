import { expect, it } from "vitest"
import type { ReportResult } from "@/lib/api/types"
import { changesOf, clashesOf, emptyDraft } from "./draft"
import { plotOf, sentenceOf, slicesOf } from "./plot"
import { rangeOf, withRange } from "./range"

function result(dimensions: string[], rows: [string[], string | null][], unit: "tasks" | "days" = "tasks"): ReportResult {
  return {
    dimensions: dimensions.map((name) => ({ name, label: name })),
    measures: [{ name: "tasks", label: "Tasks", unit }],
    rows: rows.map(([keys, value]) => ({ keys: keys.map((label) => ({ value: label, label })), values: [value] })),
    totals: ["9"],
    tasks: 9,
    tasks_truncated: false,
    groups_truncated: false,
    notes: [],
    chart: "bar",
    currency: null,
    time_zone: "UTC",
    as_of: "2026-05-01T00:00:00Z",
    behind: 0,
  }
}

it("parts by the second dimension, and puts together what has no colour of its own", () => {
  const parts = ["a", "b", "c", "d", "e", "f", "g"]
  const { points, series, isStacked } = plotOf(result(["status", "tag"], parts.map((part, at) => [["todo", part], String(10 - at)])))
  expect(series).toEqual(["A", "B", "C", "D", "Others"])
  expect(points).toEqual([{ name: "Todo", values: [10, 9, 8, 7, 6 + 5 + 4] }])
  expect(isStacked).toBe(true)
})

it("adds no medians up, and says what is left out", () => {
  const parts = ["a", "b", "c", "d", "e", "f", "g"]
  const { points, isStacked, left } = plotOf(result(["status", "tag"], parts.map((part) => [["todo", part], "2"]), "days"))
  expect(points[0]?.values).toEqual([2, 2, 2, 2, 2])
  expect(isStacked).toBe(false)
  expect(left).toBe(2)
})

it("has slices of what there is", () => {
  expect(slicesOf(result(["status"], [[["todo"], "4"], [["done"], "5"], [["ideas"], null]]))).toEqual([
    { name: "Done", value: 5 },
    { name: "Todo", value: 4 },
  ])
})

it("says the most in a sentence", () => {
  expect(sentenceOf(result(["status"], [[["todo"], "4"], [["done"], "5"]]))).toBe("Tasks: 9 in all; most in Done, 5.")
})

it("keeps the range in the query, once, and means all of what is before it", () => {
  expect(withRange("tag:bug OR tag:ui", { field: "due", span: ":this-week" })).toBe("(tag:bug OR tag:ui) due:this-week")
  expect(withRange("(tag:bug OR tag:ui) due:this-week", { field: "created", span: ">=-30d" })).toBe("(tag:bug OR tag:ui) created>=-30d")
  expect(withRange("(a) OR (b)", { field: "due", span: ">=-7d" })).toBe("((a) OR (b)) due>=-7d")
  expect(withRange("tag:bug due>=-7d", null)).toBe("tag:bug")
  expect(rangeOf("tag:bug completed:last-month")).toEqual({ field: "completed", span: ":last-month" })
  expect(rangeOf("completed:last-month OR tag:bug")).toBeNull()
})

it("sends what was changed, and tells of what others changed beside it", () => {
  const mine = { ...emptyDraft, name: "Mine ", chart: "line" as const }
  const theirs = { ...emptyDraft, name: "Theirs", query: "tag:bug" }
  expect(changesOf(emptyDraft, mine)).toEqual({ name: "Mine", chart: "line" })
  expect(clashesOf(emptyDraft, theirs, mine, [], [])).toEqual([
    { field: "Name", theirs: "Theirs", mine: "Mine " },
    { field: "Query", theirs: "tag:bug", mine: null },
  ])
})

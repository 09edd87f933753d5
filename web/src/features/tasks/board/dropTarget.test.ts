import { describe, expect, test } from "vitest"
import { makeBoard, makeCard } from "@/testing/factories"
import { nextCard } from "./cardFocus"
import { dropIndex, lineIndex, neighbours, stepTarget } from "./dropTarget"
import { edgeSpeed } from "./edgeScroll"

const cards = ["a", "b", "c"].map((id) => makeCard(id))

test.each([
  [0, 0],
  [49, 0],
  [51, 1],
  [149, 1],
  [299, 2],
  [999, 3],
])("a pointer at %i falls on place %i", (y, index) => {
  const spans = [0, 100, 250].map((top, n) => ({ top, height: n === 2 ? 200 : 100 }))
  expect(dropIndex(spans, y)).toBe(index)
})

test("an empty column has one place", () => {
  expect(dropIndex([], 500)).toBe(0)
})

describe("neighbours", () => {
  test.each([
    ["first", 0, { before_id: "b" }],
    ["between", 1, { after_id: "b" }],
    ["last", 2, { after_id: "c" }],
  ])("%s, counted without the lifted card", (_, index, expected) => {
    expect(neighbours(cards, "a", index)).toEqual(expected)
  })

  test("none in an empty column", () => {
    expect(neighbours([], "a", 0)).toEqual({})
  })
})

test("the line is drawn past the lifted card's old place", () => {
  expect([0, 1, 2].map((index) => lineIndex(cards, "a", index))).toEqual([0, 2, 3])
  expect([0, 1, 2].map((index) => lineIndex(cards, "c", index))).toEqual([0, 1, 2])
  expect(lineIndex(cards, "from elsewhere", 1)).toBe(1)
})

describe("stepTarget", () => {
  const board = makeBoard({ todo: ["a", "b", "c"], doing: [], done: ["x"] })

  test("up and down stop at the ends", () => {
    expect(stepTarget(board, "a", { status: "todo", index: 0 }, "ArrowUp").index).toBe(0)
    expect(stepTarget(board, "a", { status: "todo", index: 2 }, "ArrowDown").index).toBe(2)
  })

  test("sideways keeps the height where the next column has it, and stops at the last column", () => {
    expect(stepTarget(board, "a", { status: "todo", index: 2 }, "ArrowRight")).toEqual({ status: "doing", index: 0 })
    expect(stepTarget(board, "a", { status: "done", index: 1 }, "ArrowRight")).toEqual({ status: "done", index: 1 })
    expect(stepTarget(board, "a", { status: "doing", index: 0 }, "ArrowLeft")).toEqual({ status: "todo", index: 0 })
  })
})

describe("nextCard", () => {
  const columns = [["a", "b"], [], ["x"]]

  test.each([
    ["j", null, "a"],
    ["j", "b", "x"],
    ["k", "x", "b"],
    ["k", "a", undefined],
    ["ArrowDown", "a", "b"],
    ["ArrowDown", "b", undefined],
    ["ArrowRight", "b", "x"],
    ["ArrowLeft", "x", "a"],
  ])("%s from %s leads to %s", (key, from, to) => {
    expect(nextCard(columns, from, key)).toBe(to)
  })
})

test("the board scrolls only near its edges, faster the nearer", () => {
  expect(edgeSpeed(500, 0, 1000)).toBe(0)
  expect(edgeSpeed(60, 0, 1000)).toBeLessThan(0)
  expect(edgeSpeed(990, 0, 1000)).toBeGreaterThan(edgeSpeed(940, 0, 1000))
})

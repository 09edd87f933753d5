import { describe, expect, test } from "vitest"
import { layout, makeBoard, makeCard } from "@/testing/factories"
import { appendCards, insertByPosition, mergeTask, placeCard } from "./boardCache"

describe("placeCard", () => {
  test.each([
    ["to another column", "a", "done", 1, { todo: ["b", "c"], done: ["x", "a", "y"] }],
    ["down in its own", "a", "todo", 2, { todo: ["b", "c", "a"], done: ["x", "y"] }],
    ["up in its own", "c", "todo", 0, { todo: ["c", "a", "b"], done: ["x", "y"] }],
    ["to a column that is not there: stays", "a", "nowhere", 0, { todo: ["a", "b", "c"], done: ["x", "y"] }],
  ])("%s", (_, id, status, index, expected) => {
    const board = makeBoard({ todo: ["a", "b", "c"], done: ["x", "y"] })
    placeCard(board, id, status, index)
    expect(layout(board)).toEqual(expected)
  })
})

test("a card whose place is not loaded yet is only counted", () => {
  const board = makeBoard({ todo: ["a", "b"] })
  board.columns[0]!.next_cursor = "more"
  insertByPosition(board, makeCard("z"))
  expect(layout(board)).toEqual({ todo: ["a", "b"] })
  expect(board.columns[0]!.count).toBe(3)
})

test("a changed status takes the card to the other column, in order", () => {
  const board = makeBoard({ todo: ["b"], done: ["a", "c"] })
  mergeTask(board, "b", { status: "done", title: "New" })
  expect(layout(board)).toEqual({ todo: [], done: ["a", "b", "c"] })
  expect(board.columns[1]!.items[1]!.title).toBe("New")
})

test("a page that overlaps what is there adds nothing twice", () => {
  const board = makeBoard({ todo: ["a", "b"] })
  appendCards(board.columns[0]!, [makeCard("b"), makeCard("c")], null)
  expect(layout(board)).toEqual({ todo: ["a", "b", "c"] })
})

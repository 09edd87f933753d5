import { expect, test } from "vitest"
import { between } from "./positions"

test("whatever two ranks it is asked for, the answer lies between", () => {
  let seed = 7
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647
  const ranks = ["a0", "a1", "a2"]
  for (let n = 0; n < 2000; n++) {
    const at = Math.floor(random() * (ranks.length + 1))
    const rank = between(ranks[at - 1] ?? "", ranks[at] ?? null)
    if (ranks[at - 1] !== undefined) expect(rank > ranks[at - 1]!).toBe(true)
    if (ranks[at] !== undefined) expect(rank < ranks[at]).toBe(true)
    ranks.splice(at, 0, rank)
  }
  expect(ranks).toEqual(ranks.toSorted((one, other) => (one < other ? -1 : 1)))
})

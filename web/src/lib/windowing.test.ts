import { expect, test } from "vitest"
import { stretchInSight } from "./windowing"

test("what is in sight is drawn, some around it, and never more", () => {
  expect(stretchInSight(0, 400, 40, 5000)).toEqual({ from: 0, to: 18 })
  expect(stretchInSight(4000, 400, 40, 5000)).toEqual({ from: 92, to: 118 })
  expect(stretchInSight(199_600, 400, 40, 5000)).toEqual({ from: 4982, to: 5000 })
})

test("a list that became shorter under somebody who had scrolled far is not drawn beyond its end", () => {
  const { from, to } = stretchInSight(100_000, 400, 40, 3)
  expect(to).toBe(3)
  expect(from).toBeLessThanOrEqual(3)
})

import { expect, test } from "vitest"
import { heatOf } from "./heat"

const week = (planned: number, capacity: number, over_allocated = 0) => heatOf({ planned, capacity, over_allocated })

test("a week is as hot as it is full; too much on one day is too much", () => {
  expect(week(0, 2_400)).toEqual({ heat: "free", percent: 0 })
  expect(week(1_200, 2_400)).toEqual({ heat: "some", percent: 50 })
  expect(week(2_160, 2_400)).toEqual({ heat: "full", percent: 90 })
  expect(week(3_360, 2_400)).toEqual({ heat: "over", percent: 140 })
  expect(week(1_200, 2_400, 60).heat).toBe("over")
  expect(week(0, 0)).toEqual({ heat: "off", percent: null })
  expect(week(60, 0)).toEqual({ heat: "over", percent: null })
})

import { expect, test } from "vitest"
import { hours, levelOf, weeksFrom } from "./load"

const week = { capacity: 2400, planned: 0, allocated: 0, over_allocated: 0, over_assigned: 0 }

test.each([
  [{ planned: 3000, over_allocated: 660 }, "over", "11 h over"],
  [{ planned: 1200, over_allocated: 120 }, "over", "2 h over"],
  [{ planned: 2400 }, "full", "Full"],
  [{ planned: 600 }, "some", "30 h free"],
  [{}, "free", "Free"],
  [{ capacity: 0 }, "off", "Off"],
])("a week with %o is %s, and says so: %s", (fields, tone, word) => {
  expect(levelOf({ ...week, ...fields }, "planned")).toMatchObject({ tone, word })
})

test("assignments are counted by themselves", () => {
  expect(levelOf({ ...week, planned: 3000, over_allocated: 660, allocated: 1200 }, "allocated")).toMatchObject({ tone: "some", word: "20 h free" })
})

test("minutes are said in tenths of hours", () => {
  expect([hours(450), hours(100), hours(0)]).toEqual(["7.5 h", "1.7 h", "0 h"])
})

test("weeks go on over a year's end", () => {
  expect(weeksFrom("2026-12-24", 3)).toEqual(["2026-W52", "2026-W53", "2027-W01"])
})

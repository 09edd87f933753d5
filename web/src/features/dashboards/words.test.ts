import { expect, test } from "vitest"
import { comparison, duration, percent } from "./words"

test("times are told in the largest unit that they fill", () => {
  expect([0, 90, 3_600, 5_400, 86_400, 216_000].map(duration)).toEqual(["0 min", "2 min", "1 h", "1.5 h", "1 day", "2.5 days"])
})

test("a number stands against the time before, and nothing is divided by nothing", () => {
  expect(comparison({ now: 12, before: 9, percent: "33.3" }, 30)).toBe("9 in the 30 days before (+33.3 %)")
  expect(comparison({ now: 3, before: 6, percent: "-50.0" }, 30)).toBe("6 in the 30 days before (-50 %)")
  expect(comparison({ now: 3, before: 0, percent: null }, 90)).toBe("0 in the 90 days before")
  expect(percent(null)).toBe("–")
})

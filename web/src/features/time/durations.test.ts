import { expect, test } from "vitest"
import { asClock, asHours, asWords, dayAfter, isoWeek, parseDuration } from "./durations"

test.each([
  ["1h 30m", 90],
  ["1:30", 90],
  ["1.5", 90],
  ["1,5 h", 90],
  ["90m", 90],
  ["45 min", 45],
  ["2 hours", 120],
  ["24h", 1440],
  ["25h", null],
  ["0", null],
  ["", null],
  ["soon", null],
  ["1:75", null],
])("%s is %s minutes", (typed, minutes) => {
  expect(parseDuration(typed)).toBe(minutes)
})

test("written as a sheet, a sentence and a clock have it", () => {
  expect([asHours(5400), asHours(0), asHours(59)]).toEqual(["1:30", "0:00", "0:01"])
  expect([asWords(90), asWords(60), asWords(5), asWords(0)]).toEqual(["1 h 30 min", "1 h", "5 min", "0 min"])
  expect([asClock(3723.9), asClock(-2)]).toEqual(["1:02:03", "0:00:00"])
})

test("weeks at the ends of years", () => {
  expect(isoWeek("2026-11-25")).toBe("2026-W48")
  expect(isoWeek("2027-01-01")).toBe("2026-W53")
  expect(isoWeek("2024-12-30")).toBe("2025-W01")
  expect(dayAfter("2026-12-28", 7)).toBe("2027-01-04")
})

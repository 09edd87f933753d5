import { expect, test } from "vitest"
import { addDays, dayNumber, dayOf, dayPoint, momentDaysLater, mondayOf, todayIn, weekdayOf, weekOfDay } from "./days"

test("days are counted over months and years", () => {
  expect(addDays("2026-12-31", 1)).toBe("2027-01-01")
  expect(addDays("2028-03-01", -1)).toBe("2028-02-29")
  expect(dayOf(dayNumber("1969-12-31"))).toBe("1969-12-31")
})

test("a moment stands where the zone's clock has it", () => {
  expect(dayPoint("2026-05-04T06:00:00Z", "Europe/Berlin")).toBe(dayNumber("2026-05-04") + 8 / 24)
  expect(dayPoint("2026-05-04T23:00:00Z", "Europe/Berlin")).toBe(dayNumber("2026-05-05") + 1 / 24)
})

test("some days later it is the same time of the clock, over a change of clocks too", () => {
  expect(momentDaysLater("2026-03-28T16:00:00Z", "Europe/Berlin", 1)).toBe("2026-03-29T15:00:00.000Z")
  expect(momentDaysLater("2026-03-29T15:00:00Z", "Europe/Berlin", -1)).toBe("2026-03-28T16:00:00.000Z")
})

test("today is a question of the zone", () => {
  const now = Date.parse("2026-01-01T02:00:00Z")
  expect(todayIn("Asia/Tokyo", now)).toBe("2026-01-01")
  expect(todayIn("America/New_York", now)).toBe("2025-12-31")
})

test.each([
  ["2026-11-25", "2026-W48", "2026-11-23"],
  ["2027-01-01", "2026-W53", "2026-12-28"],
  ["2024-12-30", "2025-W01", "2024-12-30"],
  ["2023-01-01", "2022-W52", "2022-12-26"],
])("%s is in week %s, which begins on %s", (day, week, monday) => {
  expect(weekOfDay(day)).toBe(week)
  expect(mondayOf(week)).toBe(monday)
})

test("a Thursday began it all", () => {
  expect(weekdayOf(0)).toBe(3)
  expect(weekdayOf(-4)).toBe(6)
})

import { afterEach, expect, test } from "vitest"
import { setRegion } from "@/lib/region"
import { makeCard } from "@/testing/factories"
import { dueOn, isMonth, monthsLater, placed, weeksOf } from "./month"

afterEach(() => setRegion(null))

test("a month is shown in whole weeks, which begin where the person's do", () => {
  expect(weeksOf("2026-05", 0).map(([first]) => first)).toEqual(["2026-04-27", "2026-05-04", "2026-05-11", "2026-05-18", "2026-05-25"])
  expect(weeksOf("2026-05", 6)[0]?.[0]).toBe("2026-04-26")
  expect(weeksOf("2026-02", 6)).toHaveLength(4)
  expect(weeksOf("2026-05", 0).at(-1)?.at(-1)).toBe("2026-05-31")
})

test("months go on over a year's end, and an address that names none is refused", () => {
  expect([monthsLater("2026-12", 1), monthsLater("2026-01", -1)]).toEqual(["2027-01", "2025-12"])
  expect(["2026-13", "1650-01", "2026-1", "", null].some(isMonth)).toBe(false)
})

test("a task stands on the day that it is due where the person is", () => {
  const late = makeCard("late", { number: 1, due_date: "2026-05-04T23:30:00Z" })
  const none = makeCard("none", { number: 2 })
  const done = makeCard("done", { number: 3, completed_at: "2026-05-01T00:00:00Z" })
  const { byDay, unscheduled } = placed([none, late, done], "Europe/Berlin")
  expect([...byDay.keys()]).toEqual(["2026-05-05"])
  expect(unscheduled.map(({ id }) => id)).toEqual(["none"])
})

test("another day keeps the time, over a change of clocks too; without one it is the day's end", () => {
  setRegion({ locale: "en", time_zone: "Europe/Berlin" })
  expect(dueOn("2026-03-30", "2026-03-27T16:00:00Z")).toBe("2026-03-30T15:00:00.000Z")
  expect(dueOn("2026-03-30", null)).toBe("2026-03-30T21:59:59.000Z")
})

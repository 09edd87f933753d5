import { describe, expect, test } from "vitest"
import { dueAtEndOf, dueDate, relativeTime, toDateInput } from "./dates"

const now = new Date(2026, 4, 20, 15, 0).getTime()
const day = (offset: number, hour = 23) => new Date(2026, 4, 20 + offset, hour, 59).toISOString()

describe("dueDate", () => {
  test("the whole of today is not late", () => {
    expect(dueDate(day(0, 1), false, now)).toMatchObject({ text: "Today", tone: "soon" })
  })

  test("yesterday is overdue, unless it is done", () => {
    expect(dueDate(day(-1), false, now).tone).toBe("overdue")
    expect(dueDate(day(-1), true, now).tone).toBe("later")
  })

  test("next week is neither", () => {
    expect(dueDate(day(7), false, now).tone).toBe("later")
  })
})

test("a chosen day comes back as the same day, wherever the viewer is", () => {
  expect(toDateInput(dueAtEndOf("2026-03-01"))).toBe("2026-03-01")
  expect(toDateInput("2026-03-01")).toBe("2026-03-01")
  expect(dueAtEndOf("")).toBeNull()
})

test("relative time", () => {
  expect(relativeTime(new Date(now - 20_000).toISOString(), now)).toBe("just now")
  expect(relativeTime(new Date(now - 5 * 60_000).toISOString(), now)).toBe("5 minutes ago")
  expect(relativeTime(new Date(now - 26 * 3600_000).toISOString(), now)).toBe("yesterday")
})

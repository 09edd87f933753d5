import { expect, test } from "vitest"
import { bucketOf, isDay, readRange, writeRange } from "./range"

const now = Date.parse("2026-03-31T23:30:00Z")
const read = (query: string) => readRange(new URLSearchParams(query), "UTC", now)

test("thirty days up to today are shown, unless the address says otherwise", () => {
  expect(read("")).toEqual({ length: 30, since: "2026-03-02", until: "2026-03-31", zone: "UTC" })
  expect(read("range=90").since).toBe("2026-01-01")
  // In Berlin it is April already.
  expect(read("range=90&zone=Europe/Berlin")).toEqual({ length: 90, since: "2026-01-02", until: "2026-04-01", zone: "Europe/Berlin" })
  expect(read("since=2025-12-01&until=2025-12-24")).toEqual({ length: null, since: "2025-12-01", until: "2025-12-24", zone: "UTC" })
})

test("what is no range or no zone is left out", () => {
  for (const query of ["range=31", "since=2026-02-30&until=2026-03-01", "since=2026-03-02&until=2026-03-01", "since=0001-01-01&until=2026-03-01", "zone=Moon/Base"]) {
    expect(read(query)).toEqual(read(""))
  }
  expect(isDay("2024-02-29")).toBe(true)
})

test("what was read is written, and the rest of the address stays", () => {
  const own = read("since=2025-12-01&until=2025-12-24&zone=UTC")
  const written = writeRange(new URLSearchParams("task=7&range=90"), own)
  expect(written.toString()).toBe("task=7&since=2025-12-01&until=2025-12-24&zone=UTC")
  expect(readRange(written, "Asia/Tokyo", now)).toEqual(own)
})

test("never more pieces than the server gives", () => {
  for (const [since, most] of [["2026-03-01", 370], ["2025-10-01", 370], ["2022-01-01", 370], ["2000-01-01", 370]] as const) {
    const range = { ...read(""), since }
    const days = (Date.parse(range.until) - Date.parse(since)) / 86_400_000 + 1
    expect(days / { day: 1, week: 7, month: 28 }[bucketOf(range)]).toBeLessThan(most)
  }
})

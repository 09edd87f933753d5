import { afterEach, describe, expect, test } from "vitest"
import { makeAuth } from "@/testing/factories"
import { absoluteTime, dueAtEndOf, dueDate, momentOf, relativeTime, shortDate, startOfDay, toDateInput } from "./dates"
import { formatNumber, ownLocale, ownTimeZone, region, setRegion } from "./region"
import { signedIn, signedOut } from "./session"
import { makeStore } from "./store"

const evening = "2026-11-23T17:05:00Z"
const now = Date.parse(evening)

afterEach(() => setRegion(null))

test("a German in Berlin reads dates, times and numbers as there", () => {
  setRegion({ locale: "de", time_zone: "Europe/Berlin" })
  expect(momentOf(evening)).toBe("23.11.2026, 18:05")
  expect(absoluteTime(evening)).toMatch(/^Montag, 23. November 2026 um 18:05/)
  expect(shortDate("2025-11-23", now)).toBe("23.11.2025")
  expect(relativeTime("2026-11-23T17:00:00Z", now)).toBe("vor 5 Minuten")
  expect(relativeTime(evening, now)).toBe("jetzt")
  expect(dueDate("2026-11-24", false, now)).toMatchObject({ text: "Morgen", title: "Due 24.11.2026" })
  expect(formatNumber(1234.5)).toBe("1.234,5")
})

describe("the day is the one of the person's time zone, whatever the browser's is", () => {
  test.each([
    ["Asia/Tokyo", "2026-11-24", "2026-11-22T15:00:00.000Z", "2026-11-23T14:59:59.000Z"],
    ["America/Los_Angeles", "2026-11-23", "2026-11-23T08:00:00.000Z", "2026-11-24T07:59:59.000Z"],
    ["Asia/Kolkata", "2026-11-23", "2026-11-22T18:30:00.000Z", "2026-11-23T18:29:59.000Z"],
  ])("%s", (time_zone, today, start, end) => {
    setRegion({ locale: "en", time_zone })
    expect(toDateInput(evening)).toBe(today)
    expect(toDateInput("2026-11-23")).toBe("2026-11-23")
    expect(startOfDay("2026-11-23").toISOString()).toBe(start)
    expect(dueAtEndOf("2026-11-23")).toBe(end)
    expect(dueDate(evening, false, now)).toMatchObject({ text: "Today", tone: "soon" })
  })

  test("also on the day that has 25 hours", () => {
    setRegion({ locale: "en", time_zone: "Europe/Berlin" })
    expect(startOfDay("2026-10-25").toISOString()).toBe("2026-10-24T22:00:00.000Z")
    expect(startOfDay("2026-10-25", 1).toISOString()).toBe("2026-10-25T23:00:00.000Z")
    expect(dueDate("2026-10-26", false, Date.parse("2026-10-24T22:30:00Z")).text).toBe("Tomorrow")
  })
})

test("the profile's settings count from signing in to signing out, and when they are changed", () => {
  const store = makeStore()
  expect(region()).toMatchObject({ locale: ownLocale(), timeZone: ownTimeZone() })
  store.dispatch(signedIn(makeAuth("token", { locale: "pt-BR", time_zone: "America/Sao_Paulo" })))
  expect(region()).toMatchObject({ locale: "pt-BR", timeZone: "America/Sao_Paulo" })
  store.dispatch(signedOut())
  expect(region()).toMatchObject({ locale: ownLocale(), timeZone: ownTimeZone() })
})

test("what this browser does not know is as the browser has it", () => {
  setRegion({ locale: "not a locale", time_zone: "Mars/Olympus_Mons" })
  expect(region()).toMatchObject({ locale: ownLocale(), timeZone: ownTimeZone() })
})

import { expect, test } from "vitest"
import { isFiltering, noFilters, readFilters, toParams, writeFilters } from "./auditFilters"

test("the address carries the filters and nothing that is not set", () => {
  const filters = { category: "all", type: "user.signed_in", person: "bo", from: "2026-01-05", until: "" } as const
  expect(writeFilters(filters).toString()).toBe("category=all&type=user.signed_in&person=bo&from=2026-01-05")
  expect(readFilters(writeFilters(filters))).toEqual(filters)
  expect(isFiltering(noFilters)).toBe(false)
})

test("an address that somebody wrote by hand breaks nothing", () => {
  expect(readFilters(new URLSearchParams("category=x&from=yesterday&until=2026-13-40x"))).toEqual(noFilters)
})

test("the last day counts to its end where the viewer is", () => {
  const { since, until } = toParams({ ...noFilters, from: "2026-01-05", until: "2026-01-05" })
  expect(since).toBe(new Date(2026, 0, 5).toISOString())
  expect(until).toBe(new Date(2026, 0, 6).toISOString())
})

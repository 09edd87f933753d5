import { expect, test } from "vitest"
import { setRegion } from "@/lib/region"
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
  setRegion({ locale: "ja", time_zone: "Asia/Tokyo" })
  const { since, until } = toParams({ ...noFilters, from: "2026-01-05", until: "2026-01-05" })
  expect(since).toBe("2026-01-04T15:00:00.000Z")
  expect(until).toBe("2026-01-05T15:00:00.000Z")
})

import { expect, test } from "vitest"
import { chance, changesOf, daysApart, outOf, whyPriority } from "./words"

test.each([
  [0.5, "5 of 10"],
  [0.8, "8 of 10"],
  [0.95, "19 of 20"],
])("%d is counted as %s", (level, words) => {
  expect(outOf(level)).toBe(words)
})

test("what nearly always happens is not called certain", () => {
  expect([chance(0.9995), chance(1), chance(0.002), chance(0)].map((text) => text.replaceAll(/\s/g, ""))).toEqual(["morethan99%", "100%", "lessthan1%", "0%"])
})

test("days apart are told from one side", () => {
  expect([daysApart("2026-12-30", "2027-01-02"), daysApart("2027-01-02", "2027-01-01"), daysApart("2027-01-02", "2027-01-02")]).toEqual([
    "3 days later",
    "1 day earlier",
    "the same day",
  ])
})

test("reasons are sentences", () => {
  expect(whyPriority({ about: "unblocks", value: 1 })).toBe("1 task waits behind it")
  expect(whyPriority({ about: "value", value: 8 })).toBe("now urgent")
})

test("a scenario says all that it changes, and nobody is somebody's choice", () => {
  const changes = { tasks: [{ task_id: "t", left_out: false, assignee_id: null, duration_minutes: 480 }, { task_id: "u", left_out: true }], added: [{ id: "a", title: "Sweep", duration_minutes: 90 }] }
  expect(changesOf(changes, (id) => id.toUpperCase(), [])).toEqual(["T: done by nobody, takes 8 h", "U: left out", "New: Sweep, 1.5 h, nobody"])
})

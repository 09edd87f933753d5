import { expect, test } from "vitest"
import { backoff } from "./backoff"
import { waitAfter } from "./live"

test("the wait doubles up to half a minute, and is spread", () => {
  expect([0, 1, 2, 3].map((tries) => backoff(tries, () => 1))).toEqual([500, 1000, 2000, 4000])
  expect(backoff(40, () => 1)).toBe(30_000)
  expect(backoff(2, () => 0)).toBe(1000)
})

test("a server that drains is given the time it asks for, at a random moment of it", () => {
  expect(waitAfter(4510, '{"reconnect_within_seconds":20}', 0, () => 0.5)).toBe(10_000)
  expect(waitAfter(4510, "", 0, () => 1)).toBe(15_000)
  expect(waitAfter(1006, "", 0, () => 1)).toBe(500)
  expect(waitAfter(4429, "", 0, () => 1)).toBe(8000)
})

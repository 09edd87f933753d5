import { expect, test } from "vitest"
import { uuid7 } from "./uuid"

test("is a version 7 UUID that starts with its time", () => {
  const id = uuid7(0x0123456789ab)
  expect(id).toMatch(/^01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test("sorts by time and does not repeat", () => {
  expect(uuid7(1000) < uuid7(2000)).toBe(true)
  expect(new Set(Array.from({ length: 500 }, () => uuid7(1))).size).toBe(500)
})

import { expect, test } from "vitest"
import { passwordStrength } from "./passwordStrength"

test.each([
  ["", 0],
  ["short", 0],
  ["password123", 1],
  ["aaaaaaaaaaaaaaaa", 1],
  ["lowercases", 1],
  ["lowercasesandmore", 3],
  ["Mixed4all!x", 2],
  ["correct horse battery", 3],
  ["é".repeat(37), 0],
])("%j has level %i", (password, level) => {
  expect(passwordStrength(password).level).toBe(level)
})

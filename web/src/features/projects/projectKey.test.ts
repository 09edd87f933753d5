import { expect, test } from "vitest"
import { PROJECT_KEY, suggestKey } from "./projectKey"

test.each([
  ["Website relaunch", "WR"],
  ["Marketing", "MARK"],
  ["Änderungen", "ANDE"],
  ["2026 Plan B", "PB"],
  ["one two three four five six seven", "OTTFF"],
])("%s → %s", (name, key) => {
  expect(suggestKey(name)).toBe(key)
  expect(key).toMatch(PROJECT_KEY)
})

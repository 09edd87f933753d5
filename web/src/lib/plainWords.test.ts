import { expect, test } from "vitest"
import { plainWords } from "./plainWords"

test.each([
  ["**78 %** is better. @[Ada Lovelace](user:01a214a8-cbe7), taste it", "78 % is better. @Ada Lovelace, taste it"],
  ["cut off: @[Ada Lovelace](user:01a214", "cut off: @Ada Lovelace"],
  ["# Plan\n\n- `bake`\n- [sell](https://example.org)", "Plan bake sell"],
  ["2 * 3 * 4 and snake_case_name stay", "2 * 3 * 4 and snake_case_name stay"],
])("%s", (markdown, words) => {
  expect(plainWords(markdown)).toBe(words)
})

import { expect, test } from "vitest"
import { windowOf } from "./windowOf"

test("a quota’s window is said in the largest unit that it is a multiple of", () => {
  expect([60, 3600, 900, 86_400, 90].map(windowOf)).toEqual(["a minute", "an hour", "in 15 minutes", "a day", "in 90 seconds"])
})

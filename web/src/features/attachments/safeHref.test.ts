import { expect, test } from "vitest"
import { safeHref } from "./safeHref"

test.each(["https://example.org/a.pdf", "http://example.org", "/files/1"])("%s is a link", (url) => {
  expect(safeHref(url)).toBe(url)
})

test.each(["javascript:alert(1)", "data:text/html,x", " javascript:alert(1)", null])("%s is not", (url) => {
  expect(safeHref(url)).toBeUndefined()
})

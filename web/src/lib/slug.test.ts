import { expect, test } from "vitest"
import { SLUG, suggestSlug } from "./slug"

test.each([
  ["Acme Robotics", "acme-robotics"],
  ["  Café Müller & Söhne ", "cafe-muller-sohne"],
  ["Groß’s Team", "grosss-team"],
  ["O'Neil (EU) #1", "oneil-eu-1"],
  ["日本", ""],
])("%s → %s", (name, slug) => {
  expect(suggestSlug(name)).toBe(slug)
})

test("a long name is cut to what the server takes, without a dash at the end", () => {
  const slug = suggestSlug(`${"a".repeat(49)} ${"b".repeat(20)}`)
  expect(slug).toBe("a".repeat(49))
  expect(slug).toMatch(SLUG)
})

test.each(["ab", "-abc", "abc-", "Abc", "a_c", "a".repeat(51)])("%s is no address", (slug) => {
  expect(slug).not.toMatch(SLUG)
})

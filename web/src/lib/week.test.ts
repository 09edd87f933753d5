import { expect, test } from "vitest"
import { firstDayByRegion, weekOf } from "./week"

test.each([
  ["de", [0, 1, 2, 3, 4, 5, 6]],
  ["en-GB", [0, 1, 2, 3, 4, 5, 6]],
  ["en", [6, 0, 1, 2, 3, 4, 5]],
  ["pt-BR", [6, 0, 1, 2, 3, 4, 5]],
  ["ar-EG", [5, 6, 0, 1, 2, 3, 4]],
])("the week of %s", (locale, days) => {
  expect(weekOf(locale)).toEqual(days)
})

test.each(["en", "en-GB", "de", "fr", "es", "it", "pt-BR", "nl", "pl", "sv", "tr", "uk", "hi", "ja", "zh-Hans", "fa", "he-IL", "dv"])(
  "a browser that tells nothing of %s shows the same week",
  (tag) => {
    const locale = new Intl.Locale(tag)
    const told = weekOf(tag)[0]
    expect(firstDayByRegion(locale) - 1).toBe(told)
  },
)

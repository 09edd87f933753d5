import { expect, test } from "vitest"
import { makeUser } from "@/testing/factories"
import { dayOf } from "./dayOf"
import { parseQuickAdd, without } from "./parseQuickAdd"

const ada = makeUser()
const grace = makeUser({ id: "grace", first_name: "Grace", last_name: "Hopper", email: "g.hopper@example.org" })
const gone = makeUser({ id: "gone", first_name: "Gustav", email: "gustav@example.org", is_active: false })
const known = { people: [ada, grace, gone], tags: [{ name: "Bread" }], me: "ada", today: "2026-11-25" } // a Wednesday
const parse = (text: string) => parseQuickAdd(text, known)

test("reads all of it, in any order, and leaves the title", () => {
  const { title, priority, assignee, tags, due } = parse("!high Bake  rye @gra #bread due:fri *oven")
  expect({ title, priority, assignee: assignee?.id, tags, due }).toEqual({
    title: "Bake rye",
    priority: "high",
    assignee: "grace",
    tags: ["Bread", "oven"],
    due: "2026-11-27",
  })
})

test.each([
  ["@me", "ada"],
  ["@lovelace", "ada"],
  ["@ada.lovelace", "ada"],
  ['@"Grace Hopper"', "grace"],
  ["@g.hopper", "grace"],
  ["@gustav", undefined],
  ["@nobody", undefined],
])("%s is %s", (typed, id) => {
  expect(parse(`Rye ${typed}`).assignee?.id).toBe(id)
})

test("what means nothing, or is in the middle of a word, stays", () => {
  for (const text of ["Wow!high", "Fix #12", "Mail me@example.org", "Learn C#", "2 * 3", "due: soon", "@nobody !loud", "**bold**"]) {
    expect(parse(text)).toMatchObject({ title: text, parts: [] })
  }
  expect(parse("Say \\!high and \\#tag").title).toBe("Say !high and #tag")
})

test("of several the last counts, and none is left in the title", () => {
  const { title, priority, parts } = parse("Rye !low !urgent #a #a")
  expect({ title, priority }).toEqual({ title: "Rye", priority: "urgent" })
  expect(parts.map(({ value }) => value)).toEqual(["urgent", "a"])
})

test("a part can be taken out of the text", () => {
  const text = "Rye !high @me bread"
  const { parts } = parse(text)
  expect(without(text, parts[0]!)).toBe("Rye @me bread")
})

test.each([
  ["today", "2026-11-25"],
  ["tomorrow", "2026-11-26"],
  ["wed", "2026-11-25"],
  ["tuesday", "2026-12-01"],
  ["next week", "2026-11-30"],
  ["next-month", "2026-12-01"],
  ["3d", "2026-11-28"],
  ["2w", "2026-12-09"],
  ["2027-01-05", "2027-01-05"],
  ["5 jan", "2027-01-05"],
  ["Dec 24", "2026-12-24"],
  ["30 feb", undefined],
  ["2027-13-01", undefined],
  ["soon", undefined],
  ["m", undefined],
])("due:%s is %s", (typed, day) => {
  expect(dayOf(typed, known.today)).toBe(day)
  expect(parse(`Rye due:${typed}`).due).toBe(day)
})

test("a month after the 31st is the end of the next one", () => {
  expect(dayOf("1m", "2027-01-31")).toBe("2027-02-28")
})

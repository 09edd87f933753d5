import { afterEach, expect, test, vi } from "vitest"
import type { Notification } from "@/lib/api/types"
import { setRegion } from "@/lib/region"
import { describeNotification } from "./describeNotification"
import { isShown, readFilters, toParams, writeFilters } from "./inboxFilters"
import { chosenTime, snoozeTimes } from "./snoozeTimes"

const at = "2026-11-25T10:10:00Z"
const told: Notification = {
  id: "n", kind: "assigned", kinds: ["assigned"], project_id: "p", project_name: "Bakery",
  task: { id: "t", key: "BAK-1", title: "Rye", status: "todo" }, comment_id: null, excerpt: null, actor_id: "ada", actor_name: "Ada Lovelace",
  details: {}, events: 1, last_seq: 1, read_at: null, archived_at: null, snoozed_until: null, shown_at: at, version: 1, created_at: at,
} // prettier-ignore

afterEach(() => {
  vi.useRealTimers()
  setRegion(null)
})

test.each<[string, Partial<Notification>]>([
  ["assigned it to you", {}],
  ["assigned it to you, and commented", { kinds: ["assigned", "commented"], events: 2 }],
  ["commented (3 times)", { kind: "commented", kinds: ["commented"], events: 3 }],
  ["moved it from Ideas to Doing", { kind: "state_changed", kinds: ["state_changed"], details: { old_state: "Ideas", new_state: "Doing" } }],
  ["Due tomorrow", { kind: "due_soon", kinds: ["due_soon"], details: { due_date: "2026-11-26T20:00:00Z" } }],
  ["Overdue since yesterday", { kind: "overdue", kinds: ["overdue"], details: { due_date: "2026-11-24T20:00:00Z" } }],
  ["added you to Bakery", { kind: "project_added", kinds: ["project_added"], task: null }],
])("reads: %s", (words, more) => {
  vi.useFakeTimers({ now: Date.parse(at) })
  setRegion({ locale: "en-GB", time_zone: "UTC" })
  expect(describeNotification({ ...told, ...more })).toBe(words)
})

test("snoozing goes by the clock where the person is", () => {
  setRegion({ locale: "en-GB", time_zone: "America/New_York" })
  const wednesday = new Date("2026-11-25T14:05:00Z")
  expect(snoozeTimes(wednesday).map(({ label, until }) => [label, until.toISOString()])).toEqual([
    ["In three hours", "2026-11-25T17:15:00.000Z"],
    ["This evening", "2026-11-25T23:00:00.000Z"],
    ["Tomorrow morning", "2026-11-26T14:00:00.000Z"],
    ["At the weekend", "2026-11-28T14:00:00.000Z"],
    ["Next week", "2026-11-30T14:00:00.000Z"],
  ])
  expect(snoozeTimes(new Date("2026-11-29T23:30:00Z")).map(({ label }) => label)).toEqual(["In three hours", "Tomorrow morning"])
  expect(chosenTime("2026-11-25", "09:00", wednesday)).toBeNull()
  expect(chosenTime("2026-11-25", "10:30", wednesday)?.toISOString()).toBe("2026-11-25T15:30:00.000Z")
  expect(chosenTime("2026-11-25", "", wednesday)).toBeNull()
})

test("filters come back out of the address; what was read stays until the list is loaded again", () => {
  const filters = { folder: "unread" as const, kind: "mentioned" as const, projectId: "p" }
  expect(readFilters(writeFilters(filters))).toEqual(filters)
  expect(toParams(filters)).toEqual({ unread: "true", kind: "mentioned", project_id: "p" })
  expect(isShown({ ...told, read_at: at }, filters)).toBe(true)
  expect(isShown({ ...told, archived_at: at }, filters)).toBe(false)
  expect(isShown({ ...told, snoozed_until: "2999-01-01T00:00:00Z" }, { ...filters, folder: "inbox" })).toBe(false)
})

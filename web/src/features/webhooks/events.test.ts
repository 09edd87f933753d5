import { expect, test } from "vitest"
import { describeEvents, eventChoices, stateOf } from "./events"

test("what a webhook hears is said in words, types of others by their names", () => {
  expect(describeEvents([])).toBe("All events")
  expect(describeEvents(["comment.*", "rate.changed"])).toBe("Comments, rate.changed")
  expect(describeEvents(["comment.*", "project.*", "team.*"])).toBe("Comments and 2 more")
  expect(eventChoices(["rate.changed"]).at(-1)).toEqual({ value: "rate.changed", label: "rate.changed" })
})

test("one that was switched off by itself is told from one that somebody paused", () => {
  const hook = { is_active: true, failing_since: null, disabled_at: null }
  expect(stateOf(hook).label).toBe("Active")
  expect(stateOf({ ...hook, failing_since: "2026-01-01T00:00:00Z" }).label).toBe("Failing")
  expect(stateOf({ ...hook, is_active: false }).label).toBe("Paused")
  expect(stateOf({ ...hook, is_active: false, disabled_at: "2026-01-01T00:00:00Z" }).label).toBe("Switched off")
})

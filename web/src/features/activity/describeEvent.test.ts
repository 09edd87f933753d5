import { expect, test } from "vitest"
import type { ActivityEvent } from "@/lib/api/types"
import { makeState, makeUser } from "@/testing/factories"
import { describeEvent } from "./describeEvent"

const names = { states: [makeState("todo", { name: "To do" }), makeState("done", { name: "Done" })], people: [makeUser()] }

function describe(type: string, before: object, after: object) {
  const event = { type, payload: { before, after } } as ActivityEvent
  return describeEvent(event, names)
}

test.each([
  ["task.created", {}, { title: "x" }, "created this task"],
  ["task.moved", { status: "todo" }, { status: "done" }, "moved it from To do to Done"],
  ["task.moved", { position: "a" }, { position: "b" }, "changed the order on the board"],
  ["task.updated", { assignee_id: null }, { assignee_id: "ada" }, "assigned it to Ada Lovelace"],
  ["task.updated", { assignee_id: "ada" }, { assignee_id: null }, "removed the assignee"],
  ["task.updated", { tags: ["a"] }, { tags: ["a", "b"] }, "added b as a tag"],
  ["task.updated", { priority: "low", title: "a" }, { priority: "high", title: "b" }, "set the priority to high and renamed it to “b”"],
  ["checklist_item.updated", { is_done: false }, { is_done: true, title: "Test" }, "ticked “Test”"],
  ["task.timer_started", {}, {}, "timer started"],
])("%s %o → %o", (type, before, after, words) => {
  expect(describe(type, before, after)).toBe(words)
})

import { expect, test } from "vitest"
import { makeUser } from "@/testing/factories"
import { offeredActions, type May } from "./offeredActions"
import { choiceKey, choiceOf, offeredRoles, roleNameOf } from "./roleChoices"

const custom = [{ id: "r1", name: "Support", description: "" }]
const nothing: May = () => false

test("a custom role is what somebody has, though they rank as a member", () => {
  const person = makeUser({ role: "member", role_id: "r1" })
  expect(choiceOf(person)).toEqual({ role_id: "r1" })
  expect(choiceKey(choiceOf(person))).toBe("r1")
  expect(roleNameOf(person, custom)).toBe("Support")
  expect(roleNameOf(person, [])).toBe("Custom role")
  expect(roleNameOf(makeUser({ role: "viewer" }), custom)).toBe("Viewer")
})

test("an admin gives the roles below admin and the workspace's own, a member none", () => {
  expect(offeredRoles(makeUser({ role: "admin" }), nothing, custom).map(({ name }) => name)).toEqual(["Manager", "Member", "Viewer", "Support"])
  expect(offeredRoles(makeUser({ role: "member" }), nothing, custom)).toEqual([])
})

test("what a custom role allows is offered, and nothing more", () => {
  const actor = makeUser({ role: "member", role_id: "r1" })
  const onlyUpdates: May = (resource, action) => resource === "user" && action === "update"
  expect(offeredActions(actor, makeUser({ id: "other", role: "viewer" }), onlyUpdates)).toEqual(["deactivate"])
  expect(offeredActions(actor, makeUser({ id: "other", role: "admin" }), onlyUpdates)).toEqual([])
})

import { expect, test } from "vitest"
import { ROLES } from "@/lib/roles"
import { makeUser } from "@/testing/factories"
import { offeredActions, rolesToGive } from "./offeredActions"
import { stateOf } from "./personState"

const on = (role: (typeof ROLES)[number], fields = {}) => makeUser({ id: "other", role, ...fields })
const invited = { is_active: false, invited_at: "2026-02-01T09:00:00Z" }
const deactivated = { is_active: false, deactivated_at: "2026-02-01T09:00:00Z" }

test("an owner acts on everybody else, and gives every role", () => {
  const owner = makeUser({ role: "owner" })
  for (const role of ROLES) expect(offeredActions(owner, on(role))).toEqual(["change role", "deactivate", "delete"])
  expect(rolesToGive(owner)).toEqual(ROLES)
})

test("an admin acts on people below admin, and makes no admins", () => {
  const admin = makeUser({ role: "admin" })
  expect(offeredActions(admin, on("owner"))).toEqual([])
  expect(offeredActions(admin, on("admin"))).toEqual([])
  for (const role of ["manager", "member", "viewer"] as const) expect(offeredActions(admin, on(role))).not.toEqual([])
  expect(rolesToGive(admin)).toEqual(["manager", "member", "viewer"])
})

test.each(["manager", "member", "viewer"] as const)("a %s only reads", (role) => {
  expect(offeredActions(makeUser({ role }), on("viewer"))).toEqual([])
  expect(rolesToGive(makeUser({ role }))).toEqual([])
})

test("nobody acts on themselves, so the last owner stays", () => {
  const owner = makeUser({ role: "owner" })
  expect(offeredActions(owner, owner)).toEqual([])
})

test("what is offered follows the state", () => {
  const owner = makeUser({ role: "owner" })
  expect(offeredActions(owner, on("member", invited))).toEqual(["invite again", "change role", "delete"])
  expect(offeredActions(owner, on("member", deactivated))).toEqual(["change role", "activate", "delete"])
})

test.each([
  [{}, "active"],
  [invited, "invited"],
  [{ ...invited, email: "ada@trello.invalid" }, "imported"],
  [deactivated, "deactivated"],
  [{ ...invited, ...deactivated }, "deactivated"],
])("%o is %s", (fields, state) => {
  expect(stateOf(makeUser(fields))).toBe(state)
})

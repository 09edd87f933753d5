import { screen, waitFor, within } from "@testing-library/react"
import { expect, test } from "vitest"
import type { Member, Role } from "@/lib/api/types"
import { makeUser } from "@/testing/factories"
import { show } from "@/testing/show"
import { mayManage } from "./mayManage"
import { MembersDialog } from "./MembersDialog"

const bob = makeUser({ id: "bob", first_name: "Bob", last_name: "Stone", email: "bob@example.org", role: "member" })
const eve = makeUser({ id: "eve", first_name: "Eve", last_name: "Moss", email: "eve@example.org", role: "viewer" })
const member = (user: Member["user"], role: Member["role"] = "member"): Member => ({ user, role, created_at: "2026-02-01T09:00:00Z" })

async function open(role: Role, more: Parameters<typeof show>[1]["routes"] = {}) {
  const actor = makeUser({ role })
  const shown = show(
    <MembersDialog open onClose={() => undefined} project={{ id: "p", name: "Website" }} people={[actor, bob, eve]} actor={actor} />,
    { as: actor, routes: { "GET /projects/p/members": () => ({ body: { items: [member(bob)] } }), ...more } },
  )
  await screen.findByRole("list", { name: "Members" })
  return shown
}
const names = () => within(screen.getByRole("list", { name: "Members" })).getAllByRole("listitem").map((row) => row.textContent)

test("adds whom somebody looked for, a viewer as a viewer", async () => {
  const { calls, user } = await open("owner", { "PUT /projects/p/members/eve": () => ({ body: member(eve, "viewer") }) })
  await user.type(screen.getByLabelText("Add a person"), "moss")
  await user.click(await screen.findByRole("option", { name: /^Eve Moss/ }))
  await waitFor(() => expect(names()).toHaveLength(2))
  expect(calls[1]?.body).toEqual({ role: "viewer" })
})

test("removes at once, and puts back with the same role", async () => {
  const { calls, user } = await open("owner", {
    "DELETE /projects/p/members/bob": () => ({ status: 204 }),
    "PUT /projects/p/members/bob": () => ({ body: member(bob) }),
  })
  await user.click(screen.getByRole("button", { name: "Remove Bob Stone" }))
  expect(await screen.findByText(/Bob Stone is no longer in this project/)).toBeInTheDocument()
  await waitFor(() => expect(screen.queryByRole("list", { name: "Members" })).not.toBeInTheDocument())
  await user.click(screen.getByRole("button", { name: "Undo" }))
  await waitFor(() => expect(names()).toHaveLength(1))
  expect(calls.at(-1)).toMatchObject({ method: "PUT", body: { role: "member" } })
})

test("a member only reads", async () => {
  await open("member")
  expect(screen.queryByLabelText("Add a person")).not.toBeInTheDocument()
  expect(screen.queryByRole("button", { name: "Remove Bob Stone" })).not.toBeInTheDocument()
})

test("a manager manages the projects they are in", () => {
  const manager = makeUser({ role: "manager" })
  expect(mayManage(manager, [member(manager)])).toBe(true)
  expect(mayManage(manager, [member(bob)])).toBe(false)
  expect(mayManage(makeUser({ role: "admin" }), [])).toBe(true)
})

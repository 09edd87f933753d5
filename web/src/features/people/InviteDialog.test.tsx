import { screen, within } from "@testing-library/react"
import { expect, test, vi } from "vitest"
import type { Invitation } from "@/lib/api/types"
import { makeUser } from "@/testing/factories"
import { problem } from "@/testing/network"
import { show } from "@/testing/show"
import { InviteAgainDialog } from "./InviteAgainDialog"
import { InviteDialog } from "./InviteDialog"

const link = "https://pm.example.org/accept-invitation?token=t1"
const onClose = vi.fn()

function made(fields: Partial<Invitation> = {}): Invitation {
  const user = makeUser({ id: "grace", first_name: "Grace", last_name: "Hopper", email: "grace@example.org", is_active: false })
  return { user, link, expires_at: "2026-12-01T09:00:00Z", mailed: false, ...fields }
}

function open(routes: Parameters<typeof show>[1]["routes"], role: "owner" | "admin" = "owner") {
  const actor = makeUser({ role })
  return show(<InviteDialog open actor={actor} onClose={onClose} />, { routes, as: actor })
}

async function fill({ user }: ReturnType<typeof open>) {
  await user.type(screen.getByLabelText("Email"), " grace@example.org ")
  await user.type(screen.getByLabelText("First name"), "Grace")
  await user.type(screen.getByLabelText("Last name"), "Hopper")
}

test("invites, shows the link and that no mail went out, copies it", async () => {
  const shown = open({ "POST /users": () => ({ status: 201, body: made() }) })
  await fill(shown)
  await shown.user.click(screen.getByRole("button", { name: "Role: Member" }))
  await shown.user.click(await screen.findByRole("option", { name: /^Manager/ }))
  await shown.user.click(screen.getByRole("button", { name: "Invite" }))

  expect(await screen.findByLabelText("Invitation link")).toHaveValue(link)
  expect(screen.getByText(/No mail was sent/)).toBeInTheDocument()
  expect(shown.calls[0]?.body).toMatchObject({ email: "grace@example.org", first_name: "Grace", role: "manager" })
  expect(screen.getByRole("button", { name: "Copy link" })).toHaveFocus()
  await shown.user.click(screen.getByRole("button", { name: "Copy link" }))
  expect(await navigator.clipboard.readText()).toBe(link)
  await shown.user.click(screen.getByRole("button", { name: "Done" }))
  expect(onClose).toHaveBeenCalled()
})

test("says that it was mailed; the next one starts empty, as a member", async () => {
  const shown = open({ "POST /users": () => ({ status: 201, body: made({ mailed: true }) }) })
  await fill(shown)
  await shown.user.click(screen.getByRole("button", { name: "Role: Member" }))
  await shown.user.click(await screen.findByRole("option", { name: /^Owner/ }))
  await shown.user.click(screen.getByRole("button", { name: "Invite" }))
  expect(await screen.findByText(/mail to grace@example.org is on its way/)).toBeInTheDocument()
  await shown.user.click(screen.getByRole("button", { name: "Invite another" }))
  expect(screen.getByLabelText("Email")).toHaveValue("")
  expect(screen.getByRole("button", { name: "Role: Member" })).toBeInTheDocument()
})

test("an address that is taken is said at the field, and nothing typed is lost", async () => {
  const taken = problem(409, "email-taken", { errors: [{ field: "email", message: "belongs to somebody" }] })
  const shown = open({ "POST /users": () => taken })
  await fill(shown)
  await shown.user.click(screen.getByRole("button", { name: "Invite" }))
  expect(await screen.findByText(/has this address already/)).toBeInTheDocument()
  expect(screen.getByLabelText("Email")).toHaveAttribute("aria-invalid", "true")
  expect(screen.getByLabelText("First name")).toHaveValue("Grace")
})

test("an admin is not offered to invite admins", async () => {
  const { user } = open({}, "admin")
  await user.click(screen.getByRole("button", { name: "Role: Member" }))
  const offered = within(await screen.findByRole("listbox")).getAllByRole("option")
  expect(offered.map((option) => option.textContent.split(" ")[0])).toEqual(["Manager", "Member", "Viewer"])
})

test("somebody whose address is not known is asked for it", async () => {
  const person = makeUser({ id: "grace", email: "grace@trello.invalid", is_active: false, invited_at: "2026-02-01T09:00:00Z" })
  const { calls, user } = show(<InviteAgainDialog open person={person} onClose={onClose} />, {
    routes: { "POST /users/grace/invite": () => ({ body: made() }) },
    as: {},
  })
  expect(screen.getByLabelText("Email")).toHaveValue("")
  await user.type(screen.getByLabelText("Email"), "grace@example.org")
  await user.click(screen.getByRole("button", { name: "Invite" }))
  expect(await screen.findByLabelText("Invitation link")).toHaveValue(link)
  expect(calls[0]?.body).toEqual({ email: "grace@example.org" })
})

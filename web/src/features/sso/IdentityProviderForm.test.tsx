import { screen, waitFor, within } from "@testing-library/react"
import { expect, test } from "vitest"
import type { IdentityProvider } from "@/lib/api/types"
import { problem } from "@/testing/network"
import { show } from "@/testing/show"
import { IdentityProviderForm } from "./IdentityProviderForm"

const okta: IdentityProvider = {
  id: "p1",
  name: "Okta",
  issuer: "https://acme.okta.com",
  client_id: "projectflow",
  scopes: ["openid", "email"],
  group_claim: "groups",
  roles_by_group: { staff: "manager" },
  default_role: "viewer",
  creates_users: false,
  email_domains: ["acme.example"],
  redirect_uri: "https://pm.example.org/api/v1/auth/sso/callback",
  version: 3,
}

function open(provider: IdentityProvider | null, routes: Parameters<typeof show>[1]["routes"] = {}) {
  return show(<IdentityProviderForm provider={provider} />, { routes, as: {} })
}

test("what is stored is shown, but its secret; what was not touched is sent as it was, and no secret", async () => {
  const { user, calls } = open(okta, { "PUT /identity-provider": () => ({ body: { ...okta, name: "Acme login", version: 4 } }) })
  expect(screen.getByLabelText("Client secret")).toHaveValue("")
  expect(screen.getByLabelText("Redirect address")).toHaveValue(okta.redirect_uri)
  await user.clear(screen.getByLabelText("Name"))
  await user.type(screen.getByLabelText("Name"), "Acme login")
  await user.click(screen.getByRole("button", { name: "Save identity provider" }))
  await screen.findByText("People can sign in through Acme login")
  const { id: _id, redirect_uri: _uri, ...sent } = okta
  expect(calls[0]?.body).toEqual({ ...sent, name: "Acme login" })
})

test("groups are added and removed by keyboard; a double one is said before anything is sent", async () => {
  const { user, calls } = open(okta, { "PUT /identity-provider": () => ({ body: okta }) })
  screen.getByRole("button", { name: "Add a group" }).focus()
  await user.keyboard("{Enter}")
  await waitFor(() => expect(screen.getByLabelText("Group 2")).toHaveFocus())
  await user.keyboard("staff")
  expect(screen.getByRole("alert")).toHaveTextContent("“staff” stands here twice.")
  await user.click(screen.getByRole("button", { name: "Save identity provider" }))
  expect(calls).toEqual([])

  await user.click(screen.getByRole("button", { name: "Remove group 1" }))
  expect(screen.getByRole("button", { name: "Add a group" })).toHaveFocus()
  await user.click(screen.getByRole("button", { name: "Save identity provider" }))
  await waitFor(() => expect(calls[0]?.body).toMatchObject({ roles_by_group: { staff: "member" } }))
})

test("what is wrong inside a list is said at the list's field, and nothing typed is lost", async () => {
  const wrong = problem(422, "invalid-input", { errors: [{ field: "email_domains[1]", message: "is no domain" }] })
  const { user } = open(okta, { "PUT /identity-provider": () => wrong })
  await user.type(screen.getByLabelText("E-mail domains"), ", @nowhere")
  await user.type(screen.getByLabelText("Client secret"), "new one")
  await user.click(screen.getByRole("button", { name: "Save identity provider" }))
  await waitFor(() => expect(screen.getByLabelText("E-mail domains")).toHaveAccessibleDescription("is no domain"))
  expect(screen.getByLabelText("Client secret")).toHaveValue("new one")
})

test("a first provider starts with what most need, and its address is there before it is saved", () => {
  open(null)
  expect(screen.getByLabelText("Redirect address")).toHaveValue("http://localhost:3000/api/v1/auth/sso/callback")
  expect(screen.getByLabelText("Scopes")).toHaveValue("openid email profile")
  expect(screen.queryByRole("button", { name: "Delete" })).toBeNull()
})

test("deleting says what happens, and a refusal is said", async () => {
  const required = problem(409, "sso-still-required")
  const { user } = open(okta, { "DELETE /identity-provider": () => required })
  await user.click(screen.getByRole("button", { name: "Delete" }))
  const dialog = await screen.findByRole("dialog", { name: "Delete Okta?" })
  expect(within(dialog).getByText(/People stay/)).toBeInTheDocument()
  await user.click(within(dialog).getByRole("button", { name: "Delete identity provider" }))
  expect(await screen.findByText("detail of sso-still-required")).toBeInTheDocument()
})

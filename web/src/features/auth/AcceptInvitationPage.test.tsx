import { screen, waitFor } from "@testing-library/react"
import { expect, test } from "vitest"
import { makeAuth } from "@/testing/factories"
import { problem } from "@/testing/network"
import { show } from "@/testing/show"
import { AcceptInvitationPage } from "./AcceptInvitationPage"

const at = "/accept-invitation?token=a.b.c"
const invitation = { workspace: { slug: "acme", name: "Acme" }, email: "grace@example.org", first_name: "Grace", last_name: "Hopper" }
const opened = { "GET /invitations/a.b.c": () => ({ body: invitation }) }

test("shows what it is for, takes a password, signs in and leads to the projects", async () => {
  const { calls, store, router, user } = show(<AcceptInvitationPage />, {
    at,
    routes: { ...opened, "POST /invitations/a.b.c/accept": () => ({ body: makeAuth("fresh", { id: "grace" }) }) },
  })
  expect(await screen.findByRole("heading", { name: "Join Acme" })).toBeInTheDocument()
  expect(screen.getByLabelText("Email")).toHaveValue("grace@example.org")
  expect(screen.getByLabelText("First name")).toHaveValue("Grace")

  await user.type(screen.getByLabelText("Password"), "short")
  await user.click(screen.getByRole("button", { name: "Join workspace" }))
  expect(screen.getByLabelText("Password")).toHaveAttribute("aria-invalid", "true")
  expect(calls).toHaveLength(1)

  await user.clear(screen.getByLabelText("Last name"))
  await user.type(screen.getByLabelText("Last name"), "Murray")
  await user.type(screen.getByLabelText("Password"), " but now long enough")
  await user.click(screen.getByRole("button", { name: "Join workspace" }))
  await waitFor(() => expect(router.state.location.pathname).toBe("/w/acme/projects"))
  expect(calls[1]?.body).toEqual({ password: "short but now long enough", first_name: "Grace", last_name: "Murray" })
  expect(store.getState().session).toMatchObject({ status: "signed-in", accessToken: "fresh" })
})

test("a used or expired link says so, and what to do", async () => {
  show(<AcceptInvitationPage />, { at, routes: { "GET /invitations/a.b.c": () => problem(404, "invitation-not-found") } })
  expect(await screen.findByRole("heading", { name: "This invitation no longer works" })).toBeInTheDocument()
  expect(screen.getByRole("alert")).toHaveTextContent(/Ask whoever invited you for a new link/)
  expect(screen.getByRole("link", { name: "Sign in" })).toBeInTheDocument()
})

test("so does one that expires while the form is being filled in", async () => {
  const { user } = show(<AcceptInvitationPage />, {
    at,
    routes: { ...opened, "POST /invitations/a.b.c/accept": () => problem(404, "invitation-not-found") },
  })
  await user.type(await screen.findByLabelText("Password"), "correct horse battery")
  await user.click(screen.getByRole("button", { name: "Join workspace" }))
  expect(await screen.findByRole("heading", { name: "This invitation no longer works" })).toBeInTheDocument()
})

test("an address without a token asks nobody", () => {
  const { calls } = show(<AcceptInvitationPage />, { at: "/accept-invitation", routes: {} })
  expect(screen.getByRole("heading", { name: "This invitation no longer works" })).toBeInTheDocument()
  expect(calls).toEqual([])
})

test("whoever is signed in is told that accepting changes that", async () => {
  show(<AcceptInvitationPage />, { at, routes: opened, as: {} })
  expect(await screen.findByText(/You are signed in as Ada Lovelace/)).toBeInTheDocument()
})

test("where the workspace requires a second step, accepting leads to it; too late leads to signing in", async () => {
  const { router, user } = show(<AcceptInvitationPage />, {
    at,
    routes: {
      ...opened,
      "POST /invitations/a.b.c/accept": () => ({ body: { challenge: "c1", expires_in: 600, methods: [], must_enroll: true } }),
      "POST /auth/second-factor/enroll": () => problem(401, "challenge-expired"),
    },
  })
  await user.type(await screen.findByLabelText("Password"), "correct horse battery")
  await user.click(screen.getByRole("button", { name: "Join workspace" }))
  await user.click(await screen.findByRole("button", { name: "Set up an authenticator app" }))
  await waitFor(() => expect(router.state.location).toMatchObject({ pathname: "/sign-in", search: "?workspace=acme" }))
  expect(router.state.location.state).toEqual({ said: "That took too long. Sign in again." })
})

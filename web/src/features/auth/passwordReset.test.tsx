import { screen } from "@testing-library/react"
import { expect, test } from "vitest"
import { problem } from "@/testing/network"
import { show } from "@/testing/show"
import { ForgotPasswordPage } from "./ForgotPasswordPage"
import { ResetPasswordPage } from "./ResetPasswordPage"
import { SignInPage } from "./SignInPage"

test("asking for a link says the same whoever it is", async () => {
  const { calls, user } = show(<ForgotPasswordPage />, { routes: { "POST /auth/password-reset": () => ({ status: 202 }) } })
  await user.type(screen.getByLabelText("Workspace address"), "Acme")
  await user.type(screen.getByLabelText("Email"), "ada@example.org")
  await user.click(screen.getByRole("button", { name: "Send the link" }))
  expect(await screen.findByText(/If the address belongs to somebody, a mail is on its way/)).toBeInTheDocument()
  expect(calls[0]?.body).toEqual({ workspace: "acme", email: "ada@example.org" })
})

test("the link sets a new password", async () => {
  const { calls, user } = show(<ResetPasswordPage />, {
    at: "/reset-password?token=t1",
    routes: { "POST /auth/password-reset/confirm": () => ({ status: 204 }) },
  })
  await user.type(screen.getByLabelText("New password"), "correct horse battery")
  await user.click(screen.getByRole("button", { name: "Set password" }))
  expect(await screen.findByRole("heading", { name: "Your password is changed" })).toBeInTheDocument()
  expect(calls[0]?.body).toEqual({ token: "t1", password: "correct horse battery" })
  expect(screen.getByRole("link", { name: "Sign in" })).toHaveAttribute("href", "/sign-in")
})

test("a link that was used leads to another one", async () => {
  const { user } = show(<ResetPasswordPage />, {
    at: "/reset-password?token=t1",
    routes: { "POST /auth/password-reset/confirm": () => problem(404, "reset-not-found") },
  })
  await user.type(screen.getByLabelText("New password"), "correct horse battery")
  await user.click(screen.getByRole("button", { name: "Set password" }))
  expect(await screen.findByRole("link", { name: "Ask for another link" })).toHaveAttribute("href", "/forgot-password")
})

test("too many tries: says when to try again", async () => {
  const { user } = show(<SignInPage />, {
    routes: { "POST /auth/login": () => ({ ...problem(429, "too-many-attempts"), headers: { "Retry-After": "540" } }) },
  })
  await user.type(screen.getByLabelText("Workspace address"), "acme")
  await user.type(screen.getByLabelText("Email"), "ada@example.org")
  await user.type(screen.getByLabelText("Password"), "wrong")
  await user.click(screen.getByRole("button", { name: "Sign in" }))
  expect(await screen.findByRole("alert")).toHaveTextContent("Too many attempts. Try again in 9 minutes.")
})

import { screen, waitFor, within } from "@testing-library/react"
import { expect, test } from "vitest"
import type { SecondFactors } from "@/lib/api/types"
import { problem } from "@/testing/network"
import { show } from "@/testing/show"
import { ConfirmItIsYou } from "./ConfirmItIsYou"
import { TwoStep } from "./TwoStep"

const none: SecondFactors = { has_password: true, required: false, totp: null, passkeys: [], recovery_codes_left: 0 }
const secret = { secret: "ABCDEFGH", uri: "otpauth://totp/x", qr_svg: "<svg></svg>" }

const screens = (
  <>
    <TwoStep />
    <ConfirmItIsYou />
  </>
)

test("an authenticator is set up: a wrong code may be typed again, and the first one brings recovery codes", async () => {
  let factors = none
  const answers = [
    problem(422, "invalid-input", { errors: [{ field: "totp", message: "is wrong" }] }),
    { body: { recovery_codes: ["one-1", "two-2"] } },
  ]
  const { calls, user } = show(screens, {
    as: {},
    routes: {
      "GET /me/second-factors": () => ({ body: factors }),
      "POST /me/totp": () => ({ body: secret }),
      "POST /me/totp/confirm": () => {
        if (answers.length === 1) factors = { ...none, totp: { confirmed_at: "2026-02-01T09:00:00Z" }, recovery_codes_left: 10 }
        return answers.shift()!
      },
    },
  })
  await user.click(await screen.findByRole("button", { name: "Set up authenticator" }))
  await user.type(await screen.findByLabelText("Code"), "000000")
  expect(await screen.findByText(/This code is wrong/)).toBeInTheDocument()
  await user.type(screen.getByLabelText("Code"), "123456")
  const codes = await screen.findByRole("list", { name: "Recovery codes" })
  expect(within(codes).getAllByRole("listitem")).toHaveLength(2)
  expect(calls.filter(({ path }) => path === "/me/totp/confirm").map(({ body }) => body)).toEqual([{ totp: "000000" }, { totp: "123456" }])
  await user.click(screen.getByRole("button", { name: "I have saved them" }))
  expect(await screen.findByRole("button", { name: "Remove authenticator" })).toBeInTheDocument()
  expect(screen.getByText(/10 of 10 left/)).toBeInTheDocument()
})

test("what needs confirming asks for the password, and then goes on by itself", async () => {
  let confirmed = false
  const { calls, user } = show(screens, {
    as: {},
    routes: {
      "GET /me/second-factors": () => ({ body: none }),
      "POST /me/totp": () => (confirmed ? { body: secret } : problem(403, "confirmation-needed")),
      "POST /me/confirm": ({ body }) => {
        confirmed = (body as { password: string }).password === "right"
        return confirmed ? { status: 204 } : problem(422, "invalid-input", { errors: [{ field: "password", message: "is wrong" }] })
      },
    },
  })
  await user.click(await screen.findByRole("button", { name: "Set up authenticator" }))
  expect(await screen.findByRole("dialog", { name: "Confirm that it is you" })).toBeInTheDocument()
  await user.type(await screen.findByLabelText("Password"), "wrong{Enter}")
  expect(await screen.findByText("This is not your password.")).toBeInTheDocument()
  await user.type(screen.getByLabelText("Password"), "right{Enter}")
  expect(await screen.findByRole("dialog", { name: "Set up your authenticator app" })).toBeInTheDocument()
  expect(calls.filter(({ path }) => path === "/me/totp")).toHaveLength(2)
})

test("whoever would rather not leaves everything as it was", async () => {
  const { calls, user } = show(screens, {
    as: {},
    routes: { "GET /me/second-factors": () => ({ body: none }), "POST /me/totp": () => problem(403, "confirmation-needed") },
  })
  await user.click(await screen.findByRole("button", { name: "Set up authenticator" }))
  await screen.findByLabelText("Password")
  await user.click(screen.getByRole("button", { name: "Cancel" }))
  expect(await screen.findByText(/Nothing was changed/)).toBeInTheDocument()
  expect(calls.filter(({ path }) => path === "/me/totp")).toHaveLength(1)
})

test("without a password: out, and in again to where they were", async () => {
  const { store, user } = show(screens, {
    as: {},
    routes: {
      "GET /me/second-factors": () => ({ body: { ...none, has_password: false } }),
      "POST /me/totp": () => problem(403, "confirmation-needed"),
      "POST /auth/logout": () => ({ status: 204 }),
    },
  })
  await user.click(await screen.findByRole("button", { name: "Set up authenticator" }))
  await user.click(await screen.findByRole("button", { name: "Sign in again" }))
  // "expired" is what makes the sign-in page lead back here.
  await waitFor(() => expect(store.getState().session).toMatchObject({ status: "signed-out", ended: "expired" }))
})

test("the last one can’t go where the workspace requires one, and that is said", async () => {
  const { user } = show(screens, {
    as: {},
    routes: {
      "GET /me/second-factors": () => ({ body: { ...none, required: true, totp: { confirmed_at: "2026-02-01T09:00:00Z" }, recovery_codes_left: 2 } }),
      "DELETE /me/totp": () => problem(409, "second-factor-required"),
    },
  })
  expect(await screen.findByText(/2 of 10 left/)).toBeInTheDocument()
  await user.click(screen.getByRole("button", { name: "Remove authenticator" }))
  await user.click(await screen.findByRole("button", { name: "Remove" }))
  expect(await screen.findByRole("alert")).toHaveTextContent(/this is the last you have/)
})

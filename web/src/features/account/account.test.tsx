import { screen, waitFor, within } from "@testing-library/react"
import { expect, test } from "vitest"
import type { Session } from "@/lib/api/types"
import { makeUser } from "@/testing/factories"
import { problem } from "@/testing/network"
import { show } from "@/testing/show"
import { describeDevice } from "./describeDevice"
import { PasswordForm } from "./PasswordForm"
import { ProfileForm } from "./profile/ProfileForm"
import { SessionList } from "./SessionList"

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
const chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"

const session = (id: string, user_agent: string, is_current = false): Session => ({
  id,
  is_current,
  user_agent,
  created_at: "2026-02-01T09:00:00Z",
  last_used_at: "2026-02-02T09:00:00Z",
  expires_at: "2026-03-01T09:00:00Z",
})
const listed = { "GET /me/sessions": () => ({ body: { items: [session("far", chrome), session("here", firefox, true)] } }) }
const names = () => within(screen.getByRole("list", { name: "Sessions" })).getAllByRole("listitem").map((item) => item.textContent)

test("this device comes first and can’t be ended; another one can, after asking", async () => {
  const { calls, user } = show(<SessionList />, { as: {}, routes: { ...listed, "DELETE /me/sessions/far": () => ({ status: 204 }) } })
  await screen.findByText("This device")
  expect(names()[0]).toMatch(/Firefox on Linux.*This device/)
  expect(screen.queryByRole("button", { name: "End session: Firefox on Linux" })).not.toBeInTheDocument()

  await user.click(screen.getByRole("button", { name: "End session: Chrome on Windows" }))
  expect(calls).toHaveLength(1)
  await user.click(await screen.findByRole("button", { name: "End session" }))
  await waitFor(() => expect(names()).toHaveLength(1))
  expect(calls[1]).toMatchObject({ method: "DELETE", path: "/me/sessions/far" })
  expect(screen.getByText("You are signed in nowhere else.")).toBeInTheDocument()
})

test("all others at once; a refusal brings them back", async () => {
  const { user } = show(<SessionList />, { as: {}, routes: { ...listed, "DELETE /me/sessions": () => problem(503, "unavailable") } })
  await user.click(await screen.findByRole("button", { name: "End all other sessions" }))
  await user.click(await screen.findByRole("button", { name: "End all others" }))
  expect(await screen.findByText(/server is busy/)).toBeInTheDocument()
  expect(names()).toHaveLength(2)
})

test("a wrong current password is said at its field", async () => {
  const wrong = problem(422, "invalid-input", { errors: [{ field: "current_password", message: "is wrong" }] })
  const { user } = show(<PasswordForm email="ada@example.org" />, { as: {}, routes: { "POST /me/password": () => wrong } })
  await user.type(screen.getByLabelText("Current password"), "not this one")
  await user.type(screen.getByLabelText("New password"), "correct horse battery")
  await user.click(screen.getByRole("button", { name: "Change password" }))
  expect(await screen.findByText("This is not your current password.")).toBeInTheDocument()
})

test("only what was changed of the profile is sent, and the session knows it", async () => {
  const ada = makeUser()
  const { calls, store, user } = show(<ProfileForm user={ada} />, {
    as: ada,
    routes: { "PATCH /me": () => ({ body: { ...ada, time_zone: "America/New_York" } }) },
  })
  expect(screen.getByRole("button", { name: "Save profile" })).toBeDisabled()
  await user.clear(screen.getByLabelText("Time zone"))
  await user.type(screen.getByLabelText("Time zone"), "new york")
  await user.click(await screen.findByRole("option", { name: "America/New York" }))
  await user.click(screen.getByRole("button", { name: "Save profile" }))
  await waitFor(() => expect(store.getState().session.user?.time_zone).toBe("America/New_York"))
  expect(calls[0]?.body).toEqual({ time_zone: "America/New_York" })
})

test.each([
  [null, "Unknown device"],
  [firefox, "Firefox on Linux"],
  [`${chrome} Edg/140.0.0.0`, "Edge on Windows"],
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile/15E148 Safari/604.1", "Safari on iPhone"],
  ["curl/8.5.0", "curl"],
])("%s is %s", (userAgent, name) => {
  expect(describeDevice(userAgent).name).toBe(name)
})

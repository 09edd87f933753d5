import { screen, waitFor, within } from "@testing-library/react"
import { expect, test } from "vitest"
import { makeAuth } from "@/testing/factories"
import { problem } from "@/testing/network"
import { show } from "@/testing/show"
import { SignInPage } from "./SignInPage"

const door = (sign_in: { password: boolean; sso: string | null }) => ({
  "GET /workspaces/acme": () => ({ body: { slug: "acme", name: "Acme", sign_in } }),
})
const open = door({ password: true, sso: null })
const needed = (more: object = {}) => ({
  body: { challenge: "c1", expires_in: 600, methods: ["totp", "recovery_code"], must_enroll: false, ...more },
})

function begin(routes: Parameters<typeof show>[1]["routes"], query = "") {
  return show(<SignInPage />, { at: `/sign-in?workspace=acme${query}`, routes })
}
async function giveThePassword(user: ReturnType<typeof show>["user"]) {
  await user.type(screen.getByLabelText("Email"), "ada@example.org")
  await user.type(screen.getByLabelText("Password"), "correct horse battery")
  await user.click(screen.getByRole("button", { name: "Sign in" }))
}

test("the workspace’s identity provider stands beside the password, and leads back to where somebody was", async () => {
  begin(door({ password: true, sso: "Keycloak" }), "&next=/w/acme/people")
  const link = await screen.findByRole("link", { name: "Sign in with Keycloak" })
  expect(link).toHaveAttribute("href", "/api/v1/auth/sso/acme/start?return_to=%2Fw%2Facme%2Fpeople")
  expect(screen.getByRole("heading", { name: "Sign in to Acme" })).toBeInTheDocument()
  expect(screen.getByLabelText("Password")).toBeInTheDocument()
})

test("never to another place", async () => {
  begin(door({ password: true, sso: "Keycloak" }), "&next=//evil.example/w/acme/")
  expect(await screen.findByRole("link", { name: "Sign in with Keycloak" })).toHaveAttribute("href", expect.stringMatching(/=%2Fw%2Facme%2Fprojects$/))
})

test("where only the provider counts it is the one offered; owners may open the form", async () => {
  const { user } = begin(door({ password: false, sso: "Keycloak" }))
  await screen.findByRole("link", { name: "Sign in with Keycloak" })
  expect(screen.queryByLabelText("Password")).not.toBeInTheDocument()
  await user.click(screen.getByRole("button", { name: "Owner? Sign in with a password" }))
  expect(screen.getByLabelText("Password")).toBeInTheDocument()
  expect(screen.getByRole("link", { name: "Sign in with Keycloak" })).toBeInTheDocument()
})

test("an address that no workspace has is said at its field", async () => {
  begin({ "GET /workspaces/acme": () => problem(404, "workspace-not-found") })
  expect(await screen.findByText("There is no workspace at this address.")).toBeInTheDocument()
})

test.each([
  ["cancelled", /before you had signed in there/],
  ["expired", /took too long/],
  ["not_allowed", /Ask an admin to invite you/],
  ["wrong_domain", /addresses of that domain/],
  ["deactivated", /is deactivated/],
  ["provider", /did not answer as it should/],
  ["another", /did not work/],
])("sso_error=%s is a sentence", (code, sentence) => {
  begin(open, `&sso_error=${code}`)
  expect(screen.getByRole("status")).toHaveTextContent(sentence)
})

test("six digits send themselves; a wrong code may be typed again, a pasted one too", async () => {
  const answers = [problem(401, "wrong-code"), { body: makeAuth("fresh") }]
  const { calls, store, user } = begin({
    ...open,
    "POST /auth/login": () => needed(),
    "POST /auth/second-factor": () => answers.shift()!,
  })
  await giveThePassword(user)
  const code = await screen.findByLabelText("Code")
  expect(code).toHaveFocus()
  expect(code).toHaveAttribute("autocomplete", "one-time-code")
  expect(code).toHaveAttribute("inputmode", "numeric")

  await user.type(code, "12a345")
  expect(calls.filter(({ path }) => path === "/auth/second-factor")).toEqual([])
  await user.type(code, "6")
  expect(await screen.findByText(/This code is wrong/)).toBeInTheDocument()
  expect(code).toHaveValue("")
  expect(code).toHaveFocus()

  await user.paste("654 321")
  await waitFor(() => expect(store.getState().session).toMatchObject({ status: "signed-in", accessToken: "fresh" }))
  expect(calls.slice(-2).map(({ body }) => body)).toEqual([
    { challenge: "c1", totp: "123456" },
    { challenge: "c1", totp: "654321" },
  ])
})

test("too late: back to the start, and why; the address is still there, the password is not", async () => {
  const { user } = begin({
    ...open,
    "POST /auth/login": () => needed(),
    "POST /auth/second-factor": () => problem(401, "challenge-expired"),
  })
  await giveThePassword(user)
  await user.type(await screen.findByLabelText("Code"), "123456")
  expect(await screen.findByRole("status")).toHaveTextContent("That took too long. Sign in again.")
  expect(screen.getByLabelText("Email")).toHaveValue("ada@example.org")
  expect(screen.getByLabelText("Password")).toHaveValue("")
})

test("a recovery code instead", async () => {
  const { calls, router, user } = begin({
    ...open,
    "POST /auth/login": () => needed(),
    "POST /auth/second-factor": () => ({ body: makeAuth("fresh") }),
  })
  await giveThePassword(user)
  await user.click(await screen.findByRole("button", { name: "Use a recovery code" }))
  expect(screen.getByLabelText("Recovery code")).toHaveFocus()
  await user.type(screen.getByLabelText("Recovery code"), " 4rte-r8h4 {Enter}")
  await waitFor(() => expect(router.state.location.pathname).toBe("/w/acme/projects"))
  expect(calls.at(-1)?.body).toEqual({ challenge: "c1", recovery_code: "4rte-r8h4" })
})

test("whoever must have a second step sets it up on the way in, and sees the recovery codes before anything else", async () => {
  const { calls, router, store, user } = begin({
    ...open,
    "POST /auth/login": () => needed({ methods: [], must_enroll: true }),
    "POST /auth/second-factor/enroll": () => ({ body: { secret: "ABCDEFGH", uri: "otpauth://totp/x", qr_svg: '<svg onload="alert(1)"></svg>' } }),
    "POST /auth/second-factor/enroll/confirm": () => ({ body: { auth: makeAuth("fresh"), recovery_codes: ["one-1", "two-2"] } }),
  })
  await giveThePassword(user)
  await user.click(await screen.findByRole("button", { name: "Set up an authenticator app" }))
  const picture = await screen.findByRole("img", { name: /QR code/ })
  expect(picture.getAttribute("src")).toMatch(/^data:image\/svg\+xml/)
  expect(document.querySelector("svg[onload]")).toBeNull()
  expect(screen.getByRole("group", { name: "Key" })).toHaveTextContent("ABCD EFGH")

  await user.type(screen.getByLabelText("Code"), "123456")
  const codes = await screen.findByRole("list", { name: "Recovery codes" })
  expect(within(codes).getAllByRole("listitem").map(({ textContent }) => textContent)).toEqual(["one-1", "two-2"])
  expect(store.getState().session.status).not.toBe("signed-in")
  expect(calls.at(-1)?.body).toEqual({ challenge: "c1", totp: "123456" })

  await user.click(screen.getByRole("button", { name: "I have saved them" }))
  await waitFor(() => expect(router.state.location.pathname).toBe("/w/acme/projects"))
  expect(store.getState().session.accessToken).toBe("fresh")
})

test("a device stays signed in unless somebody says no, and remembers that", async () => {
  const { user, calls } = begin({ ...open, "POST /auth/login": () => problem(401, "wrong-credentials") })
  const tries = () => calls.map(({ path }) => path).filter((path) => path.startsWith("/auth/login"))
  await giveThePassword(user)
  await user.click(screen.getByRole("checkbox", { name: "Keep me signed in on this device" }))
  await user.click(screen.getByRole("button", { name: "Sign in" }))
  await waitFor(() => expect(tries()).toEqual(["/auth/login?remember=true", "/auth/login"]))
  expect(localStorage.getItem("projectflow.keep-signed-in")).toBe("no")
})

import { screen, waitFor, within } from "@testing-library/react"
import { expect, test } from "vitest"
import type { WorkspaceSettings } from "@/lib/api/types"
import { problem } from "@/testing/network"
import { show } from "@/testing/show"
import { useGetWorkspaceQuery } from "./api"
import { consequences } from "./consequences"
import { RetentionForm } from "./RetentionForm"
import { SignInRules } from "./SignInRules"
import { WorkspaceForm } from "./WorkspaceForm"

const acme: WorkspaceSettings = {
  id: "w",
  slug: "acme",
  name: "Acme",
  plan_type: "free",
  created_at: "2026-01-05T09:00:00Z",
  require_second_factor: false,
  require_sso: false,
  audit_retention_days: null,
  allow_overlapping_time: false,
  version: 7,
}
const affected = { active: 3, notOwners: 2, provider: "Okta" }

function Settings({ mayChange = true }: { mayChange?: boolean }) {
  const { data: workspace } = useGetWorkspaceQuery()
  if (!workspace) return null
  return (
    <>
      <WorkspaceForm workspace={workspace} mayChange={mayChange} />
      <SignInRules workspace={workspace} mayChange={mayChange} affected={affected} />
      <RetentionForm workspace={workspace} mayChange={mayChange} />
    </>
  )
}

function open(patched: () => { status?: number; body?: unknown }, stored: Partial<WorkspaceSettings> = {}) {
  const read = () => ({ body: { ...acme, ...stored } })
  return show(<Settings />, { routes: { "GET /workspace": read, "PATCH /workspace": patched }, as: {} })
}

test("who only reads it changes nothing", async () => {
  show(<Settings mayChange={false} />, { routes: { "GET /workspace": () => ({ body: acme }) }, as: { role: "admin" } })
  expect(await screen.findByLabelText("Workspace name")).toHaveAttribute("readonly")
  expect(screen.queryByRole("button", { name: /^Save/ })).toBeNull()
  for (const rule of screen.getAllByRole("switch")) expect(rule).toBeDisabled()
})

test("a rule asks first, says whom it is about, and is sent with the version that was seen", async () => {
  const { user, calls } = open(() => ({ body: { ...acme, require_sso: true, version: 8 } }))
  await user.click(await screen.findByRole("switch", { name: "Require single sign-on" }))
  const dialog = await screen.findByRole("dialog", { name: "Require single sign-on?" })
  expect(within(dialog).getByText(/^2 people who are no owners can then sign in through Okta alone/)).toBeInTheDocument()
  expect(calls.filter(({ method }) => method === "PATCH")).toEqual([])
  await user.click(within(dialog).getByRole("button", { name: "Require it" }))
  await waitFor(() => expect(screen.getByRole("switch", { name: "Require single sign-on" })).toBeChecked())
  expect(calls.at(-1)?.body).toEqual({ require_sso: true, version: 7 })
})

test("what the server refuses is said at its rule, which stays as it was", async () => {
  const refused = problem(422, "invalid-input", { errors: [{ field: "require_second_factor", message: "would sign you out" }] })
  const { user } = open(() => refused)
  await user.click(await screen.findByRole("switch", { name: "Require two-step verification" }))
  await user.click(await screen.findByRole("button", { name: "Require it" }))
  expect(await screen.findByText("would sign you out")).toBeInTheDocument()
  expect(screen.getByRole("switch", { name: "Require two-step verification" })).not.toBeChecked()
})

test("keeping events longer just happens, keeping them shorter asks first", async () => {
  const { user, calls } = open(() => ({ body: { ...acme, audit_retention_days: 400 } }), { audit_retention_days: 365 })
  const days = await screen.findByLabelText("Days")
  await user.clear(days)
  await user.type(days, "400")
  await user.click(screen.getByRole("button", { name: "Save retention" }))
  await waitFor(() => expect(calls.at(-1)?.body).toEqual({ audit_retention_days: 400, version: 7 }))

  await screen.findByText("Events are kept for 400 days")
  await user.clear(days)
  await user.type(days, "30")
  const sent = calls.length
  await user.click(screen.getByRole("button", { name: "Save retention" }))
  expect(await screen.findByRole("dialog", { name: "Delete events after 30 days?" })).toBeInTheDocument()
  expect(calls).toHaveLength(sent)
})

test.each([
  ["require_second_factor", true, { ...affected, active: 1 }, /counts for all 1 person/],
  ["require_sso", true, { ...affected, notOwners: 1, provider: null }, /^1 person who is no owner can then sign in through your identity provider alone/],
  ["require_sso", false, affected, /beside Okta/],
] as const)("%s %s says what will happen", (rule, on, whom, words) => {
  expect(consequences(rule, on, whom).text).toMatch(words)
})

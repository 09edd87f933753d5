import { screen, within } from "@testing-library/react"
import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import type { ApiKey } from "@/lib/api/types"
import { show } from "@/testing/show"
import { ApiKeyList } from "./ApiKeyList"
import { expiresAt } from "./expiry"
import { describeScopes, groupsOf, offeredScopes, scopesOf } from "./scopes"

const projects = [
  { id: "p1", name: "Website", key: "WEB" },
  { id: "p2", name: "Bakery", key: "BAK" },
]
const key = (fields: Partial<ApiKey> = {}): ApiKey => ({
  id: "k1",
  user_id: "ada",
  name: "Report",
  prefix: "pf_AaIJ",
  scopes: ["*:read"],
  project_ids: null,
  expires_at: null,
  last_used_at: null,
  created_at: "2026-02-01T09:00:00Z",
  ...fields,
})

test("what a key may do is asked for in scopes, and told in words", () => {
  expect(scopesOf("everything", new Set(["task:read"]))).toEqual(["*:*"])
  expect(scopesOf("reading", new Set())).toEqual(["*:read"])
  expect(scopesOf("chosen", new Set(["task:read", "comment:create"]))).toEqual(["comment:create", "task:read"])
  expect(describeScopes(["*:*"])).toBe("Everything you may do")
  expect(describeScopes(["*:read"])).toBe("Only reading")
  expect(describeScopes(["task:create", "task:read", "gadget:update", "team:*"])).toBe("Tasks: read, create. Gadget: update. Teams: everything.")
})

describe("just those scopes are offered that a route asks for", () => {
  // `projectflow permissions` makes this page, and bin/check keeps it current.
  const page = readFileSync("../docs/permissions.md", "utf8")
  const asked = [...new Set(Array.from(page.matchAll(/ \| `([a-z_]+:[a-z]+)` \|/g), ([, scope]) => scope!))].sort()
  const matrix = page.slice(page.indexOf("## The matrix"), page.indexOf("## In a project"))
  const permissions = Array.from(matrix.matchAll(/^\| ([a-z ]+) \| (read|create|update|delete) \|/gm), ([, resource, action]) => `${resource!.replace(" ", "_")}:${action!}`)

  test("as this version knows them", () => {
    expect(asked.length).toBeGreaterThan(20)
    expect(offeredScopes().sort()).toEqual(asked)
  })

  test("from the workspace’s list of permissions", () => {
    const withConditions = ["*:*", ...permissions, "task:update:is_assignee"]
    expect(offeredScopes(withConditions).sort()).toEqual(asked)
  })

  test("what this version has no name for comes last, by its own", () => {
    const groups = groupsOf([...offeredScopes(), "space_ship:launch"])
    expect(groups.at(-1)).toEqual({ label: "More", resources: [{ name: "space_ship", label: "Space ship", actions: ["launch"] }] })
    expect(groups.flatMap(({ resources }) => resources).map(({ label }) => label)).not.toContain("Roles")
  })
})

test("a key ends after days, never, or at the end of a day", () => {
  const now = Date.parse("2026-02-01T12:00:00Z")
  expect(expiresAt("30", "", now)).toBe("2026-03-03T12:00:00.000Z")
  expect(expiresAt("never", "2026-05-01", now)).toBeNull()
  expect(new Date(expiresAt("date", "2026-05-01", now)!).getHours()).toBe(23)
})

test("a key is made of what was ticked, for the projects chosen, and its secret is shown once", async () => {
  const { calls, user } = show(<ApiKeyList projects={projects} />, {
    as: {},
    routes: {
      "GET /me/api-keys": () => ({ body: { items: [] } }),
      "POST /me/api-keys": () => ({ status: 201, body: { secret: "pf_secret", api_key: key() } }),
    },
  })
  await user.click(await screen.findByRole("button", { name: "New API key" }))
  const dialog = within(await screen.findByRole("dialog", { name: "New API key" }))
  await user.type(dialog.getByLabelText("Name"), "Report")
  await user.click(dialog.getByRole("radio", { name: "Choose…" }))
  await user.click(dialog.getByRole("checkbox", { name: "Create comments" }))
  await user.click(dialog.getByRole("button", { name: "Projects: any" }))
  await user.click(await screen.findByRole("option", { name: /^Website/ }))
  await user.keyboard("{Escape}")
  await user.click(dialog.getByRole("button", { name: "Expires: In 90 days" }))
  await user.click(await screen.findByRole("option", { name: "Never" }))
  await user.click(dialog.getByRole("button", { name: "Create key" }))

  expect(await screen.findByLabelText("API key")).toHaveValue("pf_secret")
  expect(screen.queryByRole("button", { name: "Close" })).not.toBeInTheDocument()
  await user.keyboard("{Escape}")
  expect(screen.getByLabelText("API key")).toBeInTheDocument()
  expect(calls.find(({ method }) => method === "POST")?.body).toEqual({
    name: "Report",
    scopes: ["comment:create", "project:read", "task:read"],
    project_ids: ["p1"],
    expires_at: null,
  })
})

test("an expired one says so, one of an archived project too; revoking asks first", async () => {
  const listed = [key({ project_ids: ["p2", "gone"], expires_at: "2026-01-03T00:00:00Z" })]
  const { calls, user } = show(<ApiKeyList projects={projects} />, {
    as: {},
    routes: {
      "GET /me/api-keys": () => ({ body: { items: listed.slice() } }),
      "DELETE /me/api-keys/k1": () => {
        listed.pop()
        return { status: 204 }
      },
    },
  })
  const row = await screen.findByRole("listitem")
  expect(row).toHaveTextContent("Expired")
  expect(row).toHaveTextContent("Bakery, 1 other project")
  await user.click(screen.getByRole("button", { name: "Revoke Report" }))
  expect(calls.some(({ method }) => method === "DELETE")).toBe(false)
  await user.click(await screen.findByRole("button", { name: "Revoke key" }))
  expect(await screen.findByText("You have none.")).toBeInTheDocument()
})

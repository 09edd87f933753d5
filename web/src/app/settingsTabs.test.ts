import { expect, test } from "vitest"
import { settingsTabs } from "./settingsTabs"

const offered = (...allowed: string[]) =>
  settingsTabs("acme", (resource, action) => allowed.includes(`${resource}:${action}`)).map(({ group, tabs }) => [group, ...tabs.map(({ label }) => label)])

test("a member sees their own settings alone", () => {
  expect(offered().map(([group]) => group)).toEqual(["You"])
})

test("somebody sees the pages of the workspace that their role opens", () => {
  expect(offered("audit:read")[1]).toEqual(["Workspace", "Audit log", "Usage and limits"])
  expect(offered("workspace:read", "role:read", "api_key:read", "audit:read")[1]).toEqual(["Workspace", "General", "Roles", "All API keys", "Audit log", "Usage and limits"])
  expect(offered("workspace:read", "workspace:update")[1]).toEqual(["Workspace", "General", "Single sign-on", "Danger zone"])
  expect(offered("webhook:read", "export:create")[1]).toEqual(["Workspace", "Webhooks", "Export"])
})

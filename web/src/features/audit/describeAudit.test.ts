import { expect, test } from "vitest"
import type { AuditEvent } from "@/lib/api/types"
import { makeUser } from "@/testing/factories"
import { describeAudit } from "./describeAudit"
import { eventTypes } from "./eventTypes"

const ada = { id: "ada", first_name: "Ada", last_name: "Owner" }
const names = { people: [makeUser({ id: "bo", first_name: "Bo", last_name: "Member" })], roles: [{ id: "r1", name: "Support" }] }

function said(fields: Partial<AuditEvent>): string {
  const event = { seq: 1, actor: ada, entity_type: "user", entity_id: "bo", entity_name: "Bo Member", project_id: null, payload: {}, created_at: "", ...fields }
  const { who, what } = describeAudit({ type: "", ...event }, names)
  return `${who} ${what}`
}

const own = { entity_id: "ada", entity_name: "Ada Owner" }
const team = { entity_type: "team", entity_id: "t1", entity_name: "Design" }

test.each<[string, Partial<AuditEvent>, string]>([
  ["user.signed_in", { ...own, payload: { methods: ["password", "totp"] } }, "Ada Owner signed in with a password and an authenticator code"],
  ["user.sign_in_failed", { actor: null, payload: { method: "password" } }, "Somebody tried to sign in as Bo Member with a wrong password"],
  [
    "user.sign_in_failed",
    { actor: null, entity_type: "workspace", entity_name: null, payload: { method: "sso", reason: "wrong_domain" } },
    "Somebody tried to sign in through the identity provider (an e-mail domain that is not allowed)",
  ],
  ["user.sessions_ended", { ...own, payload: { sessions: 2 } }, "Ada Owner ended 2 sessions of their own"],
  ["session.reuse_detected", { actor: { ...ada, id: "bo" } }, "ProjectFlow ended a session of Bo Member, because its cookie was used a second time, as by a thief"],
  ["user.role_changed", { payload: { before: { role: "member" }, after: { role: "admin" } } }, "Ada Owner changed the role of Bo Member from member to admin"],
  [
    "user.role_changed",
    { payload: { before: { role: "manager", role_id: null }, after: { role: "member", role_id: "r1" } } },
    "Ada Owner changed the role of Bo Member from manager to Support",
  ],
  ["user.role_changed", { payload: { before: { role_id: "r1" }, after: { role_id: null } } }, "Ada Owner changed the role of Bo Member from Support to member"],
  ["user.invited", { payload: { after: { role: "viewer" } } }, "Ada Owner invited Bo Member as viewer"],
  ["user.updated", { payload: { after: { time_zone: "UTC" }, changed: ["first_name"] } }, "Ada Owner changed Bo Member’s first name and time zone"],
  ["user.deactivated", {}, "Ada Owner deactivated Bo Member"],
  ["user.deactivated", { actor: null, payload: { by: "scim" } }, "Provisioning deactivated Bo Member"],
  ["api_key.created", { ...own, entity_name: null, payload: { user_id: "ada", scopes: ["task:read"] } }, "Ada Owner made an API key for task:read"],
  ["api_key.revoked", { entity_name: null, payload: { user_id: "bo" } }, "Ada Owner revoked an API key of Bo Member"],
  [
    "role.updated",
    { entity_type: "role", entity_name: "Support", payload: { before: { permissions: ["task:read"] }, after: { permissions: ["task:read", "audit:read"] } } },
    "Ada Owner changed the role “Support”: gave audit:read",
  ],
  ["role.deleted", { entity_type: "role", entity_name: null }, "Ada Owner deleted a role"],
  ["team.created", team, "Ada Owner created the team “Design”"],
  ["team.member_added", { ...team, payload: { user_id: "bo" } }, "Ada Owner added Bo Member to the team “Design”"],
  [
    "workspace.settings_changed",
    { payload: { before: { require_sso: false, audit_retention_days: null }, after: { require_sso: true, audit_retention_days: 90 } } },
    "Ada Owner required single sign-on and let events be kept for 90 days",
  ],
  [
    "identity_provider.changed",
    { payload: { before: { issuer: "https://a" }, after: { issuer: "https://b" }, secret_changed: true } },
    "Ada Owner changed the identity provider: issuer and client secret",
  ],
  ["audit.exported", { payload: { format: "csv" } }, "Ada Owner exported the audit log as CSV"],
  ["task.moved", { entity_type: "task", entity_name: null }, "Ada Owner moved a task"],
  ["import.failed", { actor: null, entity_type: "import", entity_name: null }, "ProjectFlow could not finish an import"],
  ["badge.ceremony_begun", { entity_type: "badge", entity_name: "Gold" }, "Ada Owner badge: ceremony begun (Gold)"],
])("%s %o", (type, fields, sentence) => {
  expect(said({ type, ...fields })).toBe(sentence)
})

test.each(Object.keys(eventTypes))("%s reads, whatever its payload lacks", (type) => {
  const sentence = said({ type, entity_name: null, payload: {} })
  expect(sentence).not.toMatch(/undefined|null|_|“”|\s\s/)
})

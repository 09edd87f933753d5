import type { AuditEvent, Role, User } from "@/lib/api/types"
import { fullName } from "@/lib/people"
import { roleLooks } from "@/lib/roles"
import { describeChanges, listed, record, text, words } from "./describeChanges"

export interface AuditNames {
  people: Pick<User, "id" | "first_name" | "last_name" | "email">[]
  /** The workspace's own roles. */
  roles: { id: string; name: string }[]
}

export interface Sentence {
  who: string
  /** The rest, starting with the verb. */
  what: string
}

/** What happened, as a sentence: who, and what they did. A type that this version does not know still reads. */
export function describeAudit(event: AuditEvent, names: AuditNames): Sentence {
  return { who: whoOf(event), what: whatOf(event, names) }
}

// These are written down in the name of the person they happened to, who did not do them.
const DONE_BY_SERVER = ["session.reuse_detected"]
const DONE_BY_SOMEBODY = ["user.sign_in_failed", "user.password_reset_requested"]

function whoOf({ type, actor, payload }: AuditEvent): string {
  if (DONE_BY_SERVER.includes(type)) return "ProjectFlow"
  if (DONE_BY_SOMEBODY.includes(type)) return "Somebody"
  if (payload.by === "scim") return "Provisioning"
  return actor ? `${actor.first_name} ${actor.last_name}`.trim() : "ProjectFlow"
}

function whatOf(event: AuditEvent, names: AuditNames): string {
  const { type, payload } = event
  const before = record(payload.before)
  const after = record(payload.after)
  const isOwn = event.actor?.id === event.entity_id
  const it = event.entity_name?.trim() ?? ""
  const whom = it || "a person"
  const named = (thing: string) => (it ? `the ${thing} “${it}”` : `a ${thing}`)
  const person = (id: unknown) => nameOf(id, names)
  const [noun = "", verb = ""] = type.split(".")

  switch (type) {
    case "user.signed_in":
      return `signed in${methodsOf(payload.methods)}`
    case "user.sign_in_failed":
      return `tried to sign in${event.entity_type === "user" ? ` as ${whom}` : ""}${failureOf(payload)}`
    case "user.signed_out":
      return "signed out"
    case "user.sessions_ended":
      return `ended ${counted(payload.sessions, "session")}${isOwn ? " of their own" : ` of ${whom}`}`
    case "session.reuse_detected":
      return `ended a session of ${whom}, because its cookie was used a second time, as by a thief`
    case "user.role_changed":
      return `changed the role of ${whom} from ${roleOf(before, names, after)} to ${roleOf(after, names, before)}`
    case "user.invited":
      return `invited ${whom}${after.role ? ` as ${text(after.role)}` : ""}${payload.source ? " with an import" : ""}`
    case "user.joined":
      return "joined the workspace"
    case "user.updated":
      return `changed ${isOwn ? "their own" : `${whom}’s`} ${fieldsOf(payload)}`
    case "user.password_changed":
      return "changed their password"
    case "user.password_reset_requested":
      return `asked for a link to reset the password of ${whom}`
    case "user.password_reset":
      return "set a new password through a link"
    case "user.totp_enabled":
      return "added an authenticator app"
    case "user.totp_disabled":
      return "removed their authenticator app"
    case "user.passkey_added":
    case "user.passkey_renamed":
    case "user.passkey_removed":
      return `${type.split("_").pop() ?? ""} a passkey`
    case "user.recovery_codes_made":
      return "made new recovery codes"
    case "api_key.created":
      return `made an API key for ${scopesOf(payload.scopes)}`
    case "api_key.revoked":
      return payload.user_id === event.actor?.id ? "revoked an API key of their own" : `revoked an API key of ${person(payload.user_id)}`
    case "role.updated":
      return `changed ${named("role")}: ${describeChanges(before, after)}`
    case "team.renamed":
      return before.name ? `renamed the team “${text(before.name)}” to “${text(after.name)}”` : `renamed ${named("team")}`
    case "team.member_added":
      return `added ${person(payload.user_id)} to ${named("team")}`
    case "team.member_removed":
      return `removed ${person(payload.user_id)} from ${named("team")}`
    case "workspace.created":
      return "created the workspace"
    case "workspace.settings_changed":
      return Object.keys(after).length > 0 ? describeChanges(before, after) : "changed the settings"
    case "identity_provider.changed":
      return before.issuer === null ? `set up the identity provider ${text(after.name)}` : providerChange(before, after, payload)
    case "scim_token.created":
    case "scim_token.revoked":
      return `${verb === "created" ? "made" : verb} a provisioning token`
    case "project.updated":
      return `changed ${named("project")}: ${describeChanges(before, after)}`
    case "project.member_set":
      return `made ${person(payload.user_id)} ${text(after.role) || "a member"} of ${named("project")}`
    case "project.member_removed":
      return `removed ${person(payload.user_id)} from ${named("project")}`
    case "import.requested":
      return "started an import"
    case "import.succeeded":
      return "finished an import"
    case "import.failed":
      return "could not finish an import"
    case "audit.exported":
      return `exported the audit log${payload.format ? ` as ${text(payload.format).toUpperCase()}` : ""}`
  }
  if (noun === "user") return `${words(verb)} ${whom}`
  // "team.created" → "created the team “Design”"; "task.timer_started" → "task: timer started".
  const thing = words(noun)
  if (verb.includes("_")) return `${thing}: ${words(verb)}${it ? ` (${it})` : ""}`
  return it ? `${words(verb)} the ${thing} “${it}”` : `${words(verb)} ${/^[aeiou]/.test(thing) ? "an" : "a"} ${thing}`
}

const methodNames: Record<string, string> = {
  password: "a password",
  totp: "an authenticator code",
  passkey: "a passkey",
  recovery_code: "a recovery code",
  sso: "single sign-on",
}

function methodsOf(methods: unknown): string {
  if (!Array.isArray(methods) || methods.length === 0) return ""
  return ` with ${listed(methods.map((method) => methodNames[text(method)] ?? words(text(method))))}`
}

const failures: Record<string, string> = {
  password: " with a wrong password",
  totp: " with a wrong authenticator code",
  recovery_code: " with a wrong recovery code",
  passkey: " with a passkey that was refused",
  sso: " through the identity provider",
}

const reasons: Record<string, string> = {
  cancelled: "cancelled there",
  expired: "took too long",
  not_allowed: "no account here",
  wrong_domain: "an e-mail domain that is not allowed",
  deactivated: "deactivated here",
  provider: "the provider failed",
}

function failureOf({ method, reason }: Record<string, unknown>): string {
  const how = failures[text(method)] ?? ""
  return reason ? `${how} (${reasons[text(reason)] ?? words(text(reason))})` : how
}

/** A change between a built-in role and a custom one names only what differs; the other side says the rest. */
function roleOf(side: Record<string, unknown>, { roles }: AuditNames, other: Record<string, unknown>): string {
  const id = text(side.role_id)
  if (id) return roles.find((role) => role.id === id)?.name ?? "a custom role"
  const role = text(side.role) || text(other.role) || "member"
  return role in roleLooks ? roleLooks[role as Role].name.toLowerCase() : role
}

function providerChange(before: Record<string, unknown>, after: Record<string, unknown>, { secret_changed }: Record<string, unknown>): string {
  const fields = [...Object.keys(after).map(words), ...(secret_changed === true ? ["client secret"] : [])]
  return `changed the identity provider: ${listed(fields) || describeChanges(before, after)}`
}

function fieldsOf({ after, changed }: Record<string, unknown>): string {
  const names = [...(Array.isArray(changed) ? changed.map(text) : []), ...Object.keys(record(after))]
  return listed(names.map(words)) || "profile"
}

function scopesOf(scopes: unknown): string {
  const names = Array.isArray(scopes) ? scopes.map(text) : []
  return names.length === 0 || names.includes("*:*") ? "everything" : listed(names)
}

function nameOf(id: unknown, { people }: AuditNames): string {
  const person = people.find((one) => one.id === id)
  return person ? fullName(person) : "somebody"
}

function counted(count: unknown, unit: string): string {
  if (typeof count !== "number") return `${unit}s`
  return count === 1 ? `1 ${unit}` : `${count} ${unit}s`
}

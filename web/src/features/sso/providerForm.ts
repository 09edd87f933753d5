import { isProblem } from "@/lib/api/problem"
import type { DefaultRole, GroupRole, IdentityProvider } from "@/lib/api/types"
import type { IdentityProviderFields } from "./api"

export interface GroupRow {
  /** Tells rows apart while their groups are still being typed. */
  key: number
  group: string
  role: GroupRole
}

/** The identity provider as it stands in the form: lists as people type them. */
export interface ProviderForm {
  name: string
  issuer: string
  client_id: string
  client_secret: string
  scopes: string
  group_claim: string
  groups: GroupRow[]
  default_role: DefaultRole
  creates_users: boolean
  email_domains: string
}

export const emptyForm: ProviderForm = {
  name: "",
  issuer: "",
  client_id: "",
  client_secret: "",
  scopes: "openid email profile",
  group_claim: "groups",
  groups: [],
  default_role: "member",
  creates_users: true,
  email_domains: "",
}

export function toForm(provider: IdentityProvider | null): ProviderForm {
  if (!provider) return emptyForm
  const { name, issuer, client_id, group_claim, default_role, creates_users } = provider
  return {
    name,
    issuer,
    client_id,
    client_secret: "",
    scopes: provider.scopes.join(" "),
    group_claim,
    groups: Object.entries(provider.roles_by_group).map(([group, role], key) => ({ key, group, role })),
    default_role,
    creates_users,
    email_domains: provider.email_domains.join(", "),
  }
}

/** What is sent: the secret only when one was typed, rows without a group left out. */
export function toFields(form: ProviderForm, version: number | undefined): IdentityProviderFields {
  const { client_secret, groups, scopes, email_domains, ...rest } = form
  return {
    ...rest,
    name: form.name.trim(),
    issuer: form.issuer.trim(),
    client_id: form.client_id.trim(),
    group_claim: form.group_claim.trim(),
    scopes: words(scopes),
    email_domains: words(email_domains).map((domain) => domain.replace(/^@/, "").toLowerCase()),
    roles_by_group: Object.fromEntries(groups.filter(({ group }) => group.trim()).map(({ group, role }) => [group.trim(), role])),
    ...(client_secret && { client_secret }),
    ...(version !== undefined && { version }),
  }
}

/** The first group that stands in two rows: only one of them could count. */
export function doubleGroup(groups: GroupRow[]): string | undefined {
  const names = groups.map(({ group }) => group.trim()).filter(Boolean)
  return names.find((name, place) => names.indexOf(name) !== place)
}

/** What is wrong with a field or with something inside it: "email_domains[1]". */
export function problemIn(error: unknown, field: keyof IdentityProviderFields): string | undefined {
  if (!isProblem(error)) return undefined
  return error.errors.find((entry) => entry.field.split(/[.[]/)[0] === field)?.message
}

function words(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter(Boolean))]
}

export const ACTIONS = ["read", "create", "update", "delete"] as const

const LABELS = {
  Work: { project: "Projects", task: "Tasks", comment: "Comments", time_entry: "Time entries", import: "Imports", export: "Exports", calendar: "Calendars", absence: "Absences", rate: "Rates" },
  People: { user: "People", team: "Teams" },
  Workspace: { workspace: "Settings", role: "Roles", api_key: "API keys", audit: "Audit log", workspace_export: "Export of the workspace" },
} as const
const labels: Record<string, string> = { ...LABELS.Work, ...LABELS.People, ...LABELS.Workspace }

const EVERY = ACTIONS.join(" ")
// docs/permissions.md, "API keys": the test compares.
const KNOWN = { project: EVERY, task: EVERY, comment: EVERY, time_entry: EVERY, import: "read", export: "create", calendar: "read update", absence: EVERY, rate: EVERY, user: EVERY, team: EVERY, workspace: "read", audit: "read", workspace_export: "create" }
/** Permissions that no route takes from a key. */
const IN_PERSON = /^(role|api_key|webhook):|^(workspace:update|import:create)$/

/** What keys can be let do, from the workspace's list of permissions; without it, what this version knows. */
export function offeredScopes(permissions?: string[]): string[] {
  if (!permissions) return Object.entries(KNOWN).flatMap(([resource, actions]) => actions.split(" ").map((action) => `${resource}:${action}`))
  const scopes = permissions.map((permission) => permission.split(":").slice(0, 2).join(":"))
  return [...new Set(scopes)].filter((scope) => !scope.includes("*") && !IN_PERSON.test(scope))
}

export interface ScopeGroup {
  label: string
  resources: { name: string; label: string; actions: string[] }[]
}

/** As rows of a table; what this version has no name for comes last. */
export function groupsOf(scopes: string[]): ScopeGroup[] {
  const names = [...new Set(scopes.map((scope) => scope.split(":")[0] ?? ""))]
  const rows = (wanted: string[]) => wanted.filter((name) => names.includes(name)).map((name) => ({ name, label: labelOf(name), actions: actionsOf(scopes, name) }))
  return [
    ...Object.entries(LABELS).map(([label, known]) => ({ label, resources: rows(Object.keys(known)) })),
    { label: "More", resources: rows(names.filter((name) => !(name in labels))) },
  ].filter(({ resources }) => resources.length > 0)
}

function actionsOf(scopes: string[], resource: string): string[] {
  return scopes.filter((scope) => scope.startsWith(`${resource}:`)).map((scope) => scope.slice(resource.length + 1))
}

function labelOf(resource: string): string {
  const words = resource.replaceAll("_", " ")
  return labels[resource] ?? words.charAt(0).toUpperCase() + words.slice(1)
}

export type Reach = "everything" | "reading" | "chosen"

/** The scopes to ask for. */
export function scopesOf(reach: Reach, chosen: ReadonlySet<string>): string[] {
  if (reach === "everything") return ["*:*"]
  return reach === "reading" ? ["*:read"] : [...chosen].sort()
}

/** "Tasks: read, create. Projects: read." */
export function describeScopes(scopes: string[]): string {
  if (scopes.includes("*:*")) return "Everything you may do"
  const byResource = new Map<string, string[]>()
  for (const scope of scopes) {
    const [resource = "", action = ""] = scope.split(":")
    byResource.set(resource, [...(byResource.get(resource) ?? []), action === "*" ? "everything" : action])
  }
  if (byResource.size === 1 && byResource.get("*")?.join() === "read") return "Only reading"
  const inOrder = (action: string) => ACTIONS.findIndex((known) => known === action)
  return [...byResource]
    .map(([resource, actions]) => {
      const label = resource === "*" ? "All" : labelOf(resource)
      return `${label}: ${actions.sort((one, other) => inOrder(one) - inOrder(other)).join(", ")}.`
    })
    .join(" ")
}

export const ACTIONS = ["read", "create", "update", "delete"] as const
export type Action = (typeof ACTIONS)[number]

interface Resource {
  name: string
  label: string
  /** What of it is ever asked for. */
  actions: readonly Action[]
}

/** What API keys can be let do; the server knows no other combination. */
export const GROUPS: readonly { label: string; resources: readonly Resource[] }[] = [
  {
    label: "Work",
    resources: [
      { name: "project", label: "Projects", actions: ACTIONS },
      { name: "task", label: "Tasks", actions: ACTIONS },
      { name: "comment", label: "Comments", actions: ACTIONS },
      { name: "import", label: "Imports", actions: ["read", "create"] },
    ],
  },
  {
    label: "People",
    resources: [
      { name: "user", label: "People", actions: ACTIONS },
      { name: "team", label: "Teams", actions: ACTIONS },
    ],
  },
  {
    label: "Workspace",
    resources: [
      { name: "workspace", label: "Settings", actions: ["read", "update"] },
      { name: "role", label: "Roles", actions: ACTIONS },
      { name: "api_key", label: "API keys", actions: ["read", "delete"] },
      { name: "audit", label: "Audit log", actions: ["read"] },
    ],
  },
]

export type Reach = "everything" | "reading" | "chosen"

/** The scopes to ask for. */
export function scopesOf(reach: Reach, chosen: ReadonlySet<string>): string[] {
  if (reach === "everything") return ["*:*"]
  return reach === "reading" ? ["*:read"] : [...chosen].sort()
}

/** "Tasks: read, create. Projects: read." */
export function describeScopes(scopes: string[]): string {
  if (scopes.includes("*:*")) return "Everything you may do"
  const known = GROUPS.flatMap(({ resources }) => resources)
  const byResource = new Map<string, string[]>()
  for (const scope of scopes) {
    const [resource = "", action = ""] = scope.split(":")
    byResource.set(resource, [...(byResource.get(resource) ?? []), action === "*" ? "everything" : action])
  }
  if (byResource.size === 1 && byResource.get("*")?.join() === "read") return "Only reading"
  const inOrder = (action: string) => ACTIONS.findIndex((known) => known === action)
  return [...byResource]
    .map(([resource, actions]) => {
      const label = resource === "*" ? "All" : (known.find(({ name }) => name === resource)?.label ?? resource)
      return `${label}: ${actions.sort((one, other) => inOrder(one) - inOrder(other)).join(", ")}.`
    })
    .join(" ")
}

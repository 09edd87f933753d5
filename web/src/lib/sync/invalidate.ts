import { api } from "@/lib/api/api"
import type { Store } from "./call"
import type { Change, SyncEvent } from "./models"

type Tag = Parameters<typeof api.util.invalidateTags>[0][number]

const OF_PART: Record<string, "Comments" | "Checklist" | "Attachments" | "TimeEntries"> = {
  comments: "Comments",
  checklist: "Checklist",
  attachments: "Attachments",
  time_entries: "TimeEntries",
}

const OF_ENTITY: Record<string, ("People" | "Members" | "Teams" | "TeamMembers" | "Roles" | "Workspace" | "Import" | "WorkspaceKeys" | "ScimTokens" | "IdentityProvider" | "ProjectSettings" | "Baselines" | "Notifications" | "NotificationRules" | "Scenarios")[]> = {
  user: ["People", "Members"],
  project: ["Members", "ProjectSettings"],
  project_member: ["Members"],
  baseline: ["Baselines"],
  scenario: ["Scenarios"],
  team: ["Teams", "TeamMembers"],
  role: ["Roles", "People"],
  workspace: ["Workspace"],
  import: ["Import"],
  api_key: ["WorkspaceKeys"],
  scim_token: ["ScimTokens"],
  identity_provider: ["IdentityProvider"],
  notification: ["Notifications"],
  notification_rules: ["NotificationRules"],
}

/** What dates are computed from. */
const OF_PLANS = new Set(["task", "dependency", "milestone", "project", "state", "user"])

/** What RTK Query keeps of the server and is old now; what is not on screen is only forgotten. */
export function staleTags(changes: readonly Change[], events: readonly SyncEvent[]): Tag[] {
  const tags = new Map<string, Tag>()
  const add = (type: Exclude<Tag, string | null | undefined>["type"], id?: string) =>
    tags.set(`${type} ${id ?? ""}`, id === undefined ? { type } : { type, id })
  for (const { model, id, op, parts = [] } of changes) {
    if (model === "task") add("Activity", id)
    if (OF_PLANS.has(model)) for (const type of ["Timeline", "Utilisation"] as const) add(type)
    if (model === "task") add("TaskQueries")
    if (model === "timer") add("Timer")
    if (model !== "task_details" || op !== "touch") continue
    add("Activity", id)
    if (parts.includes("time_entries")) add("TimeEntries", "week")
    for (const part of parts) if (OF_PART[part]) add(OF_PART[part], id)
  }
  for (const { entity_type } of events) for (const type of OF_ENTITY[entity_type] ?? []) add(type)
  return [...tags.values()]
}

export function forgetStale({ dispatch }: Store, changes: readonly Change[], events: readonly SyncEvent[]): void {
  const stale = staleTags(changes, events)
  if (stale.length > 0) dispatch(api.util.invalidateTags(stale) as never)
}

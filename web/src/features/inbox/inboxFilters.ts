import type { Notification, NotificationKind } from "@/lib/api/types"

export type Folder = "inbox" | "unread" | "snoozed" | "archived"

export interface InboxFilters {
  folder: Folder
  kind: NotificationKind | null
  projectId: string | null
}

export const FOLDERS: { value: Folder; label: string }[] = [
  { value: "inbox", label: "Inbox" },
  { value: "unread", label: "Unread" },
  { value: "snoozed", label: "Snoozed" },
  { value: "archived", label: "Archive" },
]

/** The weightiest first, as the server weighs them. */
export const KINDS: { value: NotificationKind; label: string; text: string }[] = [
  { value: "mentioned", label: "Mentions", text: "Somebody names you in a description or a comment." },
  { value: "assigned", label: "Assigned to you", text: "You get a task." },
  { value: "overdue", label: "Overdue", text: "A task of yours has passed its due date." },
  { value: "due_soon", label: "Due soon", text: "A task of yours is due tomorrow." },
  { value: "commented", label: "Comments", text: "On tasks that you watch." },
  { value: "unblocked", label: "Unblocked", text: "Nothing stands before a task of yours any more." },
  { value: "state_changed", label: "Status changes", text: "Of tasks that you watch." },
  { value: "unassigned", label: "No longer yours", text: "A task of yours goes to somebody else." },
  { value: "project_added", label: "New projects", text: "You come into a project." },
  { value: "reacted", label: "Reactions", text: "To your comments." },
]

export function readFilters(params: URLSearchParams): InboxFilters {
  return {
    folder: FOLDERS.find(({ value }) => value === params.get("show"))?.value ?? "inbox",
    kind: KINDS.find(({ value }) => value === params.get("kind"))?.value ?? null,
    projectId: params.get("project"),
  }
}

export function writeFilters({ folder, kind, projectId }: InboxFilters): URLSearchParams {
  return new URLSearchParams({
    ...(folder !== "inbox" && { show: folder }),
    ...(kind && { kind }),
    ...(projectId && { project: projectId }),
  })
}

/** The same for the API. */
export function toParams({ folder, kind, projectId }: InboxFilters): Record<string, string> {
  return {
    ...(folder === "unread" && { unread: "true" }),
    ...(folder === "snoozed" && { snoozed: "true" }),
    ...(folder === "archived" && { archived: "true" }),
    ...(kind && { kind }),
    ...(projectId && { project_id: projectId }),
  }
}

/**
 * Whether something stays in the list after a change. What was read stays among the unread ones until the list is
 * loaded again: under the pointer nothing goes away by itself.
 */
export function isShown(notification: Notification, { folder }: InboxFilters): boolean {
  const isArchived = notification.archived_at !== null
  if (folder === "archived") return isArchived
  return !isArchived && isSnoozed(notification) === (folder === "snoozed")
}

export function isSnoozed({ snoozed_until }: Notification): boolean {
  return snoozed_until !== null && Date.parse(snoozed_until) > Date.now()
}

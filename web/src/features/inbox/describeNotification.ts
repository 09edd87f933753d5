import type { Notification, NotificationKind } from "@/lib/api/types"
import { dueDate } from "@/lib/dates"

/** What happened, after the name of who did it: "moved it from Ideas to Doing". */
export function describeNotification(notification: Notification): string {
  const { kind, kinds, events } = notification
  const others = kinds.filter((one) => one !== kind).map((one) => SHORT[one])
  const more = others.length > 0 ? `, and ${new Intl.ListFormat("en").format(others)}` : ""
  const times = events > kinds.length && others.length === 0 ? ` (${events} times)` : ""
  return `${sentence(notification)}${more}${times}`
}

function sentence({ kind, details, actor_id, project_name }: Notification): string {
  switch (kind) {
    case "mentioned":
      return "mentioned you"
    case "assigned":
      return "assigned it to you"
    case "unassigned":
      return "took it off you"
    case "commented":
      return "commented"
    case "state_changed":
      return details.old_state ? `moved it from ${details.old_state} to ${details.new_state ?? "another state"}` : `moved it to ${details.new_state ?? "another state"}`
    case "due_soon":
      return `Due ${details.due_date ? inASentence(dueDate(details.due_date, false).text) : "soon"}`
    case "overdue":
      return details.due_date ? `Overdue since ${inASentence(dueDate(details.due_date, false).text)}` : "Overdue"
    case "unblocked":
      return actor_id ? "finished the last task that it waited for" : "Nothing stands before it any more"
    case "project_added":
      return `added you to ${project_name}`
    case "reacted":
      return details.emoji ? `reacted with ${details.emoji} to your comment` : "reacted to your comment"
  }
}

const SHORT: Record<NotificationKind, string> = {
  mentioned: "mentioned you",
  assigned: "assigned it to you",
  unassigned: "took it off you",
  commented: "commented",
  state_changed: "moved it",
  due_soon: "it is due soon",
  overdue: "it is overdue",
  unblocked: "it is unblocked",
  project_added: "added you to the project",
  reacted: "reacted to your comment",
}

/** "Yesterday" in the middle of a sentence; a date stays as it is. */
function inASentence(words: string): string {
  return /^(Today|Tomorrow|Yesterday)$/.test(words) ? words.toLowerCase() : words
}

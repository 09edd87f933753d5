import type { ActivityEvent, State, User } from "@/lib/api/types"
import { shortDate } from "@/lib/dates"
import { fullName } from "@/lib/people"
import { formatNumber } from "@/lib/region"

export interface Names {
  states: State[]
  people: User[]
}

const plain: Record<string, string> = {
  "task.created": "created this task",
  "task.imported": "imported this task",
  "task.deleted": "deleted this task",
  "task.restored": "restored this task",
  "task.archived": "archived this task",
  "task.unarchived": "brought this task back from the archive",
  "comment.created": "commented",
  "comment.updated": "edited a comment",
  "comment.edited": "edited a comment",
  "comment.deleted": "deleted a comment",
  "attachment.created": "attached a link",
  "attachment.added": "attached a link",
  "attachment.deleted": "removed an attachment",
}

/** What happened, as the end of a sentence that starts with who did it. */
export function describeEvent({ type, payload }: ActivityEvent, names: Names): string {
  const { before = {}, after = {} } = payload
  const fixed = plain[type]
  if (fixed) return fixed
  if (type.startsWith("checklist")) return describeChecklist(type, before, after)
  if (type === "task.moved" && before.status === after.status) return "changed the order on the board"

  const phrases = Object.keys(after)
    .map((field) => describeChange(field, before[field], after[field], names))
    .filter((phrase) => phrase !== null)
  return phrases.length > 0 ? listed(phrases) : words(type)
}

function describeChange(field: string, before: unknown, after: unknown, { states, people }: Names): string | null {
  const state = (key: unknown) => states.find((one) => one.key === key)?.name ?? text(key)
  switch (field) {
    case "title":
      return `renamed it to “${text(after)}”`
    case "description":
      return after ? "edited the description" : "removed the description"
    case "status":
      return before ? `moved it from ${state(before)} to ${state(after)}` : `moved it to ${state(after)}`
    case "priority":
      return `set the priority to ${text(after)}`
    case "assignee_id": {
      const person = people.find(({ id }) => id === after)
      return after ? `assigned it to ${person ? fullName(person) : "someone"}` : "removed the assignee"
    }
    case "due_date":
      return after ? `set the due date to ${shortDate(text(after))}` : "removed the due date"
    case "start_date":
      return after ? `set the start date to ${shortDate(text(after))}` : "removed the start date"
    case "estimated_hours":
      return after ? `estimated ${formatNumber(Number(after))} hours` : "removed the estimate"
    case "tags":
      return describeTags(before, after)
    case "archived":
    case "archived_at":
      return after ? "archived it" : "brought it back from the archive"
    case "parent_id":
      return after ? "made it a subtask" : "made it a task of its own"
    default:
      // Positions, versions and the like say nothing to people.
      return null
  }
}

function describeTags(before: unknown, after: unknown): string | null {
  const old = tagList(before)
  const now = tagList(after)
  const added = now.filter((tag) => !old.includes(tag))
  const removed = old.filter((tag) => !now.includes(tag))
  const phrases = [
    ...(added.length > 0 ? [`added ${added.join(", ")}`] : []),
    ...(removed.length > 0 ? [`removed ${removed.join(", ")}`] : []),
  ]
  return phrases.length > 0 ? `${listed(phrases)} as ${added.length + removed.length === 1 ? "a tag" : "tags"}` : null
}

function describeChecklist(type: string, before: Record<string, unknown>, after: Record<string, unknown>): string {
  const title = text(after.title) || text(before.title)
  const item = title ? `“${title}”` : "a checklist item"
  if (type.endsWith("created") || type.endsWith("added")) return `added ${item} to the checklist`
  if (type.endsWith("deleted") || type.endsWith("removed")) return `removed ${item} from the checklist`
  if ("is_done" in after) return after.is_done ? `ticked ${item}` : `unticked ${item}`
  return `changed ${item} on the checklist`
}

function listed(phrases: string[]): string {
  return new Intl.ListFormat("en", { type: "conjunction" }).format(phrases)
}

function tagList(value: unknown): string[] {
  return Array.isArray(value) ? value.map(text) : []
}

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : ""
}

// An event this version does not know yet still reads: "task.timer_started" → "timer started".
function words(type: string): string {
  return (type.split(".").pop() ?? type).replaceAll("_", " ")
}

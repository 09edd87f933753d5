import { fullName } from "@/lib/people"
import { shortDate } from "@/lib/dates"
import { FIELD_NAMES, type Action, type TaskPatch } from "./actions"
import type { Rows, TaskRow } from "./models"

type Known = <Model extends keyof Rows>(model: Model) => Rows[Model][]

export interface Clash {
  field: string
  mine: unknown
  theirs: unknown
}

/** The fields that somebody else set otherwise since they were on screen here. What others changed beside them is no clash. */
export function clashes(action: Action, row: TaskRow | undefined): Clash[] {
  if (action.type !== "task.update" || !row) return []
  return Object.entries(action.patch).flatMap(([field, mine]) => {
    const theirs = valueOf(row, field)
    const before = (action.before as Record<string, unknown>)[field]
    return same(field, theirs, before) || same(field, theirs, mine) ? [] : [{ field, mine, theirs }]
  })
}

/** Whether the row is already as the action wants it: then its answer was lost, and there is nothing to send. */
export function isAsWanted(action: Action, row: TaskRow): boolean {
  return action.type === "task.update" && Object.entries(action.patch).every(([field, mine]) => same(field, valueOf(row, field), mine))
}

/** What the fields of a patch are now, to see later whether somebody else changed them. */
export function asBefore(row: TaskRow, patch: object): TaskPatch {
  return Object.fromEntries(Object.keys(patch).map((field) => [field, valueOf(row, field)]))
}

export function clashText(name: string, [first, ...more]: Clash[], known: Known): string {
  if (!first) return ""
  const field = FIELD_NAMES[first.field] ?? first.field
  const others = more.length > 0 ? ` (and ${more.length} more)` : ""
  return `${name}, ${field}${others}: you chose ${shown(first.field, first.mine, known)}, but meanwhile it became ${shown(first.field, first.theirs, known)}, which was kept.`
}

function valueOf(row: TaskRow, field: string): unknown {
  return field === "archived" ? row.archived_at !== null : (row as unknown as Record<string, unknown>)[field]
}

function same(field: string, one: unknown, other: unknown): boolean {
  if (typeof one === "string" && typeof other === "string") {
    // The server writes "2.00" for "2", and a moment without its milliseconds.
    if (field === "estimated_hours") return Number(one) === Number(other)
    if (field === "due_date") return Date.parse(one) === Date.parse(other)
  }
  if (field === "tags" && Array.isArray(one) && Array.isArray(other)) return one.toSorted().join("\n") === other.toSorted().join("\n")
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null)
}

function shown(field: string, value: unknown, known: Known): string {
  if (value === null || value === undefined || value === "") return "nothing"
  if (typeof value === "boolean") return value ? "archived" : "not archived"
  if (Array.isArray(value)) return value.length > 0 ? value.join(", ") : "nothing"
  if (typeof value !== "string") return JSON.stringify(value)
  if (field === "assignee_id") {
    const person = known("user").find(({ id }) => id === value)
    return person ? fullName(person) : "somebody"
  }
  if (field === "status") return `“${known("state").find(({ key }) => key === value)?.name ?? value}”`
  if (field === "due_date" || field === "start_date") return shortDate(value)
  return value.length > 60 ? `“${value.slice(0, 57)}…”` : `“${value}”`
}

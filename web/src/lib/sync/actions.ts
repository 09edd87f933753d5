import type { Task } from "@/lib/api/types"

/** Fields of a task that an edit can set; `archived` stands for the time it sets. */
export type TaskPatch = Partial<
  Pick<Task, "title" | "description" | "status" | "priority" | "assignee_id" | "start_date" | "due_date" | "estimated_hours" | "tags">
> & { archived?: boolean }

export interface NewTask extends Partial<Omit<TaskPatch, "archived">> {
  title: string
}

/** What somebody did, as data: it is shown over the server's rows, kept until it is sent, and sent again over a reload. */
export type Deed =
  | { type: "task.create"; project_id: string; task: NewTask }
  | { type: "task.update"; patch: TaskPatch; before: TaskPatch }
  | { type: "task.move"; status: string; after_id?: string; before_id?: string }
  | { type: "task.delete" }
  | { type: "task.restore"; task: Task }
  | { type: "tasks.update"; ids: string[]; patch: BulkPatch }
  | { type: "comment.add"; task_id: string; body: string; author_id: string }
  | { type: "comment.edit"; task_id: string; body: string }
  | { type: "comment.delete"; task_id: string }
  | { type: "checklist.add"; task_id: string; title: string; checklist: string }
  | { type: "checklist.update"; task_id: string; patch: { title?: string; is_done?: boolean } }
  | { type: "checklist.delete"; task_id: string }

export type BulkPatch = Partial<Pick<Task, "status" | "priority" | "assignee_id" | "due_date">> & { archived?: boolean }

export interface Sent {
  url: string
  method: string
  body?: unknown
  headers: Record<string, string>
}

export type Action = Deed & {
  /** Also the Idempotency-Key: made once, kept over reloads. Ids of one browser sort by time. */
  id: string
  /** What is changed: a task, a comment, an item of a checklist. */
  entity: string
  at: string
  /** The version that was on screen, where the API asks for one and the row is not kept here. */
  seen?: number
  /** What a message calls it, as in "WEB-4". */
  name: string
  /** Set before it is sent, so that the same words go out again when the answer was lost. */
  sent?: Sent
}

export type DeedOf<Type extends Deed["type"]> = Extract<Deed, { type: Type }>

/** The task that an action is about; null for one about several. */
export function taskOf(action: Action): string | null {
  if ("task_id" in action) return action.task_id
  return action.type === "tasks.update" ? null : action.entity
}

/** What was done, to be read after "Undid:" or "Not saved:". */
export function describe(action: Deed & { name: string }): string {
  switch (action.type) {
    case "task.create":
      return `new task “${action.task.title}”`
    case "task.update":
      return `${fieldNames(action.patch)} of ${action.name}`
    case "task.move":
      return `move of ${action.name}`
    case "task.delete":
      return `deletion of ${action.name}`
    case "task.restore":
      return `return of ${action.name}`
    case "tasks.update":
      return `${fieldNames(action.patch)} of ${action.ids.length} tasks`
    case "comment.add":
      return "comment"
    case "comment.edit":
      return "change of a comment"
    case "comment.delete":
      return "deletion of a comment"
    case "checklist.add":
      return `checklist item “${action.title}”`
    case "checklist.update":
      return "change of a checklist item"
    case "checklist.delete":
      return "deletion of a checklist item"
  }
}

export const FIELD_NAMES: Record<string, string> = {
  title: "title",
  description: "description",
  status: "status",
  priority: "priority",
  assignee_id: "assignee",
  start_date: "start date",
  due_date: "due date",
  estimated_hours: "estimate",
  tags: "tags",
  archived: "archiving",
}

function fieldNames(patch: object): string {
  return Object.keys(patch).map((field) => FIELD_NAMES[field] ?? field).join(", ")
}

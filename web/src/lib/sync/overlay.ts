import type { Task } from "@/lib/api/types"
import type { Action, NewTask } from "./actions"
import type { TaskRow } from "./models"
import { between } from "./positions"

/** Tasks as the waiting actions make them, over the server's rows; null is a task that is not to be seen. */
export type Overlay = Readonly<Record<string, TaskRow | null>>

interface Context {
  base: Readonly<Record<string, TaskRow>>
  person: string
}

/** The actions in their order over the server's rows. Pure: it is done anew whenever either changes. */
export function overlay(actions: readonly Action[], context: Context): Overlay {
  const over: Record<string, TaskRow | null> = {}
  const now = (id: string) => (id in over ? (over[id] ?? undefined) : context.base[id])
  for (const action of actions) {
    switch (action.type) {
      case "task.create":
        // Once the server's row is here it is the better one.
        if (!context.base[action.entity]) over[action.entity] = asTask(action, action.task, context.person)
        break
      case "task.update": {
        const task = now(action.entity)
        if (task) over[action.entity] = patched(task, action.patch, action.at)
        break
      }
      case "tasks.update":
        for (const id of action.ids) {
          const task = now(id)
          if (task) over[id] = patched(task, action.patch, action.at)
        }
        break
      case "task.move": {
        const task = now(action.entity)
        if (task) over[action.entity] = { ...task, status: action.status, position: placed(task, action, { ...context, over }) }
        break
      }
      case "task.delete":
        if (now(action.entity)) over[action.entity] = null
        break
      case "task.restore":
        if (!context.base[action.entity]) over[action.entity] = action.task
        break
      default: // of a comment or a checklist: laid over them where they are shown
    }
  }
  return over
}

function patched(task: TaskRow, { archived, ...fields }: Partial<Task> & { archived?: boolean }, at: string): TaskRow {
  return { ...task, ...fields, ...(archived !== undefined && { archived_at: archived ? (task.archived_at ?? at) : null }) }
}

/** It has no number yet; the server gives it one. It stands at the end of its column, as the server will put it. */
function asTask({ entity, at, ...action }: Action & { type: "task.create" }, fields: NewTask, person: string): TaskRow {
  return {
    id: entity,
    project_id: action.project_id,
    number: 0,
    key: "New",
    description: null,
    status: "",
    priority: "medium",
    assignee_id: null,
    reporter_id: person,
    parent_id: null,
    milestone_id: null,
    start_date: null,
    due_date: null,
    estimated_hours: null,
    actual_hours: null,
    tags: [],
    position: `~${action.id}`,
    version: 0,
    completed_at: null,
    archived_at: null,
    created_at: at,
    updated_at: at,
    ...fields,
  }
}

/** Right after one task of the project, or right before one; without either at the end, as the server does it. */
function placed(
  task: TaskRow,
  { after_id, before_id }: { after_id?: string; before_id?: string },
  { base, over }: Context & { over: Overlay },
): string {
  const positionOf = (id: string | undefined) => (id === undefined ? undefined : id in over ? over[id]?.position : base[id]?.position)
  const after = positionOf(after_id)
  const before = positionOf(before_id)
  let lower = after ?? ""
  let upper: string | null = after === undefined ? (before ?? null) : null
  const consider = (other: TaskRow) => {
    if (other.project_id !== task.project_id || other.id === task.id) return
    const { position } = other
    if (after !== undefined) {
      if (position > after && (upper === null || position < upper)) upper = position
    } else if ((before === undefined || position < before) && position > lower) lower = position
  }
  for (const id in base) {
    const other = base[id]
    if (other && !(id in over)) consider(other)
  }
  for (const id in over) {
    const other = over[id]
    if (other) consider(other)
  }
  // What is new has a rank from here, which says only "last".
  if (lower.startsWith("~")) return `${lower}~`
  return between(lower, upper?.startsWith("~") ? null : upper)
}

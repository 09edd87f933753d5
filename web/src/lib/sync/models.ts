import type { Card, Dependency, Milestone, Project, State, Tag, Task, User, View } from "@/lib/api/types"

/** What the server calls the kinds of rows; one that this version does not know is kept all the same. */
export type Model = string

export interface Row {
  id: string
  project_id?: string | null
  version?: number
}

export type TaskRow = Task & Partial<Pick<Card, "comment_count" | "checklist_total" | "checklist_done">>
export type StateRow = State & { project_id: string }
export type ProjectRow = Project & { is_favourite?: boolean }

export type DependencyRow = Dependency & { project_id?: string }

export interface Rows {
  dependency: DependencyRow
  view: View
  task: TaskRow
  project: ProjectRow
  state: StateRow
  user: User
  tag: Tag
  milestone: Milestone
}

/** `touch` is of something whose rows are not kept here; `load` says that a project is to be fetched as a whole. */
export interface Change {
  model: Model
  id: string
  op: "put" | "remove" | "touch" | "load"
  row?: Row | null
  parts?: string[]
}

export interface SyncEvent {
  seq: number
  type: string
  actor_id: string | null
  entity_type: string
  entity_id: string
  version: number | null
  at: string
}

export interface SyncPage {
  seq: number
  latest: number
  more: boolean
  changes: Change[]
  events: SyncEvent[]
}

/** What a row is kept under, as the server's changes name it: its id, or what stands for one where rows have none. */
export function keyOf(model: Model, row: Row): string {
  const { name, project_id, user_id, task_id, other_task_id } = row as unknown as Record<string, string | undefined>
  switch (model) {
    case "tag":
      return name ?? ""
    case "favourite":
      return project_id ?? ""
    case "timer":
      return user_id ?? ""
    case "project_member":
      return `${project_id}/${user_id}`
    case "relation":
      return [task_id, other_task_id].sort().join("/")
    default:
      return row.id
  }
}

// What the API speaks. Written by hand from the contract until openapi.json is there to generate it from.
export type Role = "owner" | "admin" | "manager" | "member" | "viewer"
export type Priority = "low" | "medium" | "high" | "urgent"
export type StateCategory = "backlog" | "unstarted" | "started" | "completed" | "cancelled"
export type ProjectStatus = "active" | "archived" | "completed" | "on_hold"

export interface User {
  id: string
  email: string
  first_name: string
  last_name: string
  role: Role
  is_active: boolean
  last_login_at: string | null
  created_at: string
  updated_at: string
  version: number
}

export interface Workspace {
  id: string
  slug: string
  name: string
  plan_type: string
  created_at: string
}

export interface AuthResult {
  user: User
  workspace: Workspace
  access_token: string
  expires_in: number
}

export interface Page<Item> {
  items: Item[]
  next_cursor: string | null
  total: number | null
}

export interface Project {
  id: string
  key: string
  name: string
  description: string | null
  status: ProjectStatus
  start_date: string | null
  end_date: string | null
  budget_amount: string | null
  budget_currency: string | null
  owner_id: string
  task_count: number
  open_task_count: number
  created_at: string
  updated_at: string
  version: number
}

export interface State {
  id: string
  key: string
  name: string
  category: StateCategory
  color: string
  position: number
}

export interface ProjectDetails extends Project {
  states: State[]
  task_counts: Record<string, number>
}

export interface Task {
  id: string
  project_id: string
  number: number
  key: string
  title: string
  description: string | null
  status: string
  priority: Priority
  assignee_id: string | null
  reporter_id: string
  parent_id: string | null
  start_date: string | null
  due_date: string | null
  estimated_hours: string | null
  actual_hours: string | null
  tags: string[]
  position: string
  version: number
  completed_at: string | null
  archived_at: string | null
  created_at: string
  updated_at: string
}

export interface Card extends Task {
  comment_count: number
  checklist_total: number
  checklist_done: number
}

export interface BoardColumn {
  state: State
  count: number
  items: Card[]
  next_cursor: string | null
}

export interface Board {
  columns: BoardColumn[]
}

export interface Comment {
  id: string
  task_id: string
  author_id: string | null
  body: string
  created_at: string
  updated_at: string
  edited_at: string | null
  version: number
}

export interface ChecklistItem {
  id: string
  task_id: string
  checklist: string
  title: string
  is_done: boolean
  position: string
  version: number
}

export interface Attachment {
  id: string
  task_id: string
  name: string
  url: string
  created_at: string
}

export interface ActivityEvent {
  seq: number
  type: string
  actor_id: string | null
  entity_type: string
  entity_id: string
  entity_version: number
  payload: { before?: Record<string, unknown>; after?: Record<string, unknown> }
  created_at: string
}

export interface Tag {
  name: string
  color: string | null
}

export interface ImportReport {
  project_id: string
  project_key: string
  counts: Record<string, number>
  created: number
  updated: number
  unchanged: number
  skipped: { kind: string; name: string; reason: string }[]
}

export interface Import {
  id: string
  source: string
  status: "queued" | "running" | "succeeded" | "failed"
  file_name: string
  project_id: string | null
  progress: { done: number; total: number; phase: string }
  report: ImportReport | null
  error: string | null
  created_at: string
  finished_at: string | null
}

import { createSelector } from "@reduxjs/toolkit"
import type { Project, ProjectSummary } from "@/lib/api/types"
import { fullName } from "@/lib/people"
import type { Action } from "./actions"
import { taskOf } from "./actions"
import type { Rows, TaskRow } from "./models"
import { tasksOf, type SyncState } from "./slice"

export interface WithSync {
  sync: SyncState
}

const none: never[] = []
const listsOf = new WeakMap<object, unknown[]>()

/** All rows of a model, in no order; the same list as long as none of them changes. */
export function selectRows<Model extends keyof Rows>({ sync }: WithSync, model: Model): Rows[Model][] {
  const entities = sync.tables[model]?.entities
  if (!entities) return none
  const known = listsOf.get(entities)
  if (known) return known as Rows[Model][]
  const list = Object.values(entities)
  listsOf.set(entities, list)
  return list as unknown as Rows[Model][]
}

export const selectIsReady = ({ sync }: WithSync) => sync.phase === "ready"
export const selectLink = ({ sync }: WithSync) => sync.link
export const selectWaiting = ({ sync }: WithSync) => sync.pending.length

export function selectTask({ sync }: WithSync, id: string): TaskRow | undefined {
  return id in sync.overlay ? (sync.overlay[id] ?? undefined) : tasksOf(sync)[id]
}

const selectTasksByProject = createSelector(
  [(state: WithSync) => selectRows(state, "task"), ({ sync }: WithSync) => sync.overlay],
  (rows, overlay) => {
    const byProject = new Map<string, TaskRow[]>()
    const add = (task: TaskRow) => {
      const list = byProject.get(task.project_id)
      if (list) list.push(task)
      else byProject.set(task.project_id, [task])
    }
    for (const task of rows) if (!(task.id in overlay)) add(task)
    for (const task of Object.values(overlay)) if (task) add(task)
    return byProject
  },
)

/** Every task as it is seen here, in no order, of projects that are in use. */
export const selectSeenTasks = createSelector(
  [selectTasksByProject, (state: WithSync) => selectRows(state, "project")],
  (byProject, projects): readonly TaskRow[] =>
    projects.flatMap(({ id, status, is_template }) => (status === "active" && !is_template ? (byProject.get(id) ?? none) : none)),
)

/** The tasks of a project as they are seen here, in no order. */
export function selectTasksOf(state: WithSync, projectId: string): readonly TaskRow[] {
  return selectTasksByProject(state).get(projectId) ?? none
}

const selectStatesByProject = createSelector([(state: WithSync) => selectRows(state, "state")], (rows) => {
  const sorted = rows.toSorted((one, other) => one.position - other.position || (one.id < other.id ? -1 : 1))
  const byProject = new Map<string, typeof sorted>()
  for (const state of sorted) byProject.set(state.project_id, [...(byProject.get(state.project_id) ?? none), state])
  return byProject
})

export function selectStatesOf(state: WithSync, projectId: string) {
  return selectStatesByProject(state).get(projectId) ?? none
}

export const selectPeople = createSelector([(state: WithSync) => selectRows(state, "user")], (people) =>
  people.toSorted((one, other) => fullName(one).localeCompare(fullName(other))),
)

export const selectTags = createSelector([(state: WithSync) => selectRows(state, "tag")], (tags) =>
  tags.toSorted((one, other) => one.name.localeCompare(other.name)),
)

/** The milestones of a project, the next one due first. */
export const selectMilestonesOf = createSelector(
  [(state: WithSync) => selectRows(state, "milestone"), (_: WithSync, projectId: string) => projectId],
  (milestones, projectId) =>
    milestones
      .filter(({ project_id }) => project_id === projectId)
      .sort((one, other) => (one.due_date ?? "9999").localeCompare(other.due_date ?? "9999") || one.name.localeCompare(other.name)),
)

/** The project of an address, which names it by its id or by its key. */
export const selectProjectByName = createSelector(
  [(state: WithSync) => selectRows(state, "project"), (_: WithSync, name: string) => name],
  (projects, name) => projects.find(({ id }) => id === name) ?? projects.find(({ key }) => key.toLowerCase() === name.toLowerCase()),
)

export const selectViews = createSelector([(state: WithSync) => selectRows(state, "view")], (views) =>
  views.toSorted((one, other) => one.name.localeCompare(other.name)),
)

/** The active projects, the newest first, with how much is in them. */
export const selectProjects = createSelector(
  [(state: WithSync) => selectRows(state, "project"), selectTasksByProject, selectStatesByProject],
  (projects, tasks, states) =>
    projects
      .filter(({ status, is_template }) => status === "active" && !is_template)
      .sort((one, other) => (one.id > other.id ? -1 : 1))
      .map((project): ProjectSummary => {
        const ended = new Set((states.get(project.id) ?? none).flatMap(({ key, category }) => (isEnd(category) ? [key] : [])))
        const own = (tasks.get(project.id) ?? none).filter(({ archived_at }) => archived_at === null)
        const open = own.filter(({ status }) => !ended.has(status)).length
        return { is_favourite: false, ...project, task_count: own.length, open_task_count: open }
      }),
)

export function selectProject({ sync }: WithSync, id: string): Project | undefined {
  return sync.tables.project?.entities[id] as Project | undefined
}

/** What waits to be sent about a task. */
export const selectPendingOf = createSelector(
  [({ sync }: WithSync) => sync.pending, (_: WithSync, taskId: string) => taskId],
  (pending, taskId): Action[] => pending.filter((action) => taskOf(action) === taskId),
)

function isEnd(category: string): boolean {
  return category === "completed" || category === "cancelled"
}

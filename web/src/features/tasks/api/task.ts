import { api } from "@/lib/api/api"
import { isConflict, isProblem, problemMessage } from "@/lib/api/problem"
import type { Card, Priority, Task } from "@/lib/api/types"
import { showToast } from "@/lib/toasts"
import { patchBoards, type Store } from "./board"
import { asCard, insertByPosition, mergeTask, placeCard, removeCard } from "./boardCache"
import { inTurn } from "./inTurn"

export type TaskPatch = Partial<
  Pick<Task, "title" | "description" | "status" | "priority" | "assignee_id" | "start_date" | "due_date" | "estimated_hours" | "tags">
> & { archived?: boolean }

export interface NewTask {
  id: string
  title: string
  status?: string
  description?: string
  priority?: Priority
  assignee_id?: string
  tags?: string[]
}

type Known = Pick<Task, "id" | "project_id" | "version">

export interface Move {
  task: Known
  status: string
  /** Where the card goes in what is on screen, counted without the card. */
  index: number
  after_id?: string
  before_id?: string
}

export const taskApi = api.injectEndpoints({
  endpoints: (build) => ({
    getTask: build.query<Task, string>({
      query: (id) => `/tasks/${encodeURIComponent(id)}`,
      providesTags: (_, __, id) => [{ type: "Task", id }],
    }),

    createTask: build.mutation<Task, { projectId: string; task: NewTask }>({
      query: ({ projectId, task }) => ({ url: `/projects/${encodeURIComponent(projectId)}/tasks`, method: "POST", body: task }),
      invalidatesTags: (task) => (task ? [{ type: "Project", id: "LIST" }, "Tags"] : []),
      onQueryStarted: async ({ projectId }, { queryFulfilled, ...store }) => {
        const answer = await queryFulfilled.catch(() => null)
        if (!answer) return
        patchBoards(store, projectId, (board) => {
          if (!removeCard(board, answer.data.id)) insertByPosition(board, asCard(answer.data))
        })
      },
    }),

    updateTask: build.mutation<Task, { task: Known; patch: TaskPatch }>({
      queryFn: ({ task, patch }, _api, _extra, fetch) =>
        inTurn(task.id, task.version, async (version) => {
          const result = await fetch({ url: `/tasks/${task.id}`, method: "PATCH", body: { ...patch, version } })
          return result.error ? { error: result.error } : { data: result.data as Task }
        }),
      invalidatesTags: (done, _, { task, patch }) => (done ? changed(task.id, patch) : []),
      onQueryStarted: async ({ task, patch }, { queryFulfilled, ...rest }) => {
        const store = rest as Store
        const { archived: _archived, ...fields } = patch
        const undo = showTask(store, task, fields)
        try {
          const { data } = await queryFulfilled
          showTask(store, task, data)
        } catch (failure) {
          undo()
          explain(store, task, failure)
        }
      },
    }),

    moveTask: build.mutation<Task, Move>({
      queryFn: ({ task, status, after_id, before_id }, _api, _extra, fetch) =>
        inTurn(task.id, task.version, async (version) => {
          const body = { status, version, ...(after_id && { after_id }), ...(before_id && { before_id }) }
          const result = await fetch({ url: `/tasks/${task.id}/move`, method: "POST", body })
          return result.error ? { error: result.error } : { data: result.data as Task }
        }),
      invalidatesTags: (done, _, { task, status }) => (done ? changed(task.id, { status }) : []),
      onQueryStarted: async ({ task, status, index }, { queryFulfilled, ...rest }) => {
        const store = rest as Store
        const boards = patchBoards(store, task.project_id, (board) => placeCard(board, task.id, status, index))
        const open = store.dispatch(taskApi.util.updateQueryData("getTask", task.id, (cached) => void (cached.status = status)))
        try {
          const { data } = await queryFulfilled
          showTask(store, task, data)
        } catch (failure) {
          boards.undo()
          open.undo()
          explain(store, task, failure)
        }
      },
    }),

    deleteTask: build.mutation<null, Known>({
      query: ({ id }) => ({ url: `/tasks/${id}`, method: "DELETE" }),
      transformResponse: () => null,
      invalidatesTags: (_, failure) => (failure ? [] : [{ type: "Project", id: "LIST" }]),
      onQueryStarted: async (task, { queryFulfilled, ...rest }) => {
        const store = rest as Store
        const boards = patchBoards(store, task.project_id, (board) => void removeCard(board, task.id))
        try {
          await queryFulfilled
        } catch (failure) {
          boards.undo()
          explain(store, task, failure)
        }
      },
    }),

    restoreTask: build.mutation<Task, Card | Task>({
      query: ({ id }) => ({ url: `/tasks/${id}/restore`, method: "POST" }),
      invalidatesTags: (done, _, { id }) => (done ? changed(id, { status: done.status }) : []),
      onQueryStarted: async (task, { queryFulfilled, ...rest }) => {
        const store = rest as Store
        try {
          const { data } = await queryFulfilled
          patchBoards(store, task.project_id, (board) => insertByPosition(board, asCard({ ...task, ...data })))
        } catch (failure) {
          explain(store, task, failure)
        }
      },
    }),
  }),
})

export const {
  useGetTaskQuery,
  useCreateTaskMutation,
  useUpdateTaskMutation,
  useMoveTaskMutation,
  useDeleteTaskMutation,
  useRestoreTaskMutation,
} = taskApi

/** Shows new fields of a task on its boards and in its panel; the answer takes them back. */
function showTask(store: Store, task: Known, fields: Partial<Task>): () => void {
  const boards = patchBoards(store, task.project_id, (board, filters) => {
    mergeTask(board, task.id, fields)
    // An archived card leaves the boards that do not show archived ones, and the other way round.
    if (fields.archived_at !== undefined && (fields.archived_at !== null) !== filters.archived) removeCard(board, task.id)
  })
  const open = store.dispatch(taskApi.util.updateQueryData("getTask", task.id, (cached) => void Object.assign(cached, fields)))
  return () => {
    boards.undo()
    open.undo()
  }
}

function explain({ dispatch }: Store, task: Known, failure: unknown): void {
  const problem = (failure as { error?: unknown }).error
  dispatch(showToast(problemMessage(problem), { tone: "danger" }))
  // After a conflict, or when it is gone, what is on screen is old: show how things are now.
  if (isConflict(problem) || (isProblem(problem) && problem.status === 404)) {
    dispatch(
      api.util.invalidateTags([
        { type: "Board", id: task.project_id },
        { type: "Task", id: task.id },
      ]),
    )
  }
}

function changed(taskId: string, patch: TaskPatch) {
  return [
    { type: "Activity" as const, id: taskId },
    ...("status" in patch || "archived" in patch ? [{ type: "Project" as const, id: "LIST" }] : []),
    ...("tags" in patch ? ["Tags" as const] : []),
  ]
}

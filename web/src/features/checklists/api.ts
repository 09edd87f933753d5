import { api } from "@/lib/api/api"
import type { ChecklistItem } from "@/lib/api/types"
import type { Action } from "@/lib/sync/actions"
import { whenAnswered } from "@/lib/sync/landing"

const checklistApi = api.injectEndpoints({
  endpoints: (build) => ({
    getChecklist: build.query<ChecklistItem[], string>({
      query: (taskId) => `/tasks/${encodeURIComponent(taskId)}/checklist`,
      transformResponse: ({ items }: { items: ChecklistItem[] }) => items,
      providesTags: (_, __, taskId) => [{ type: "Checklist", id: taskId }],
    }),
  }),
})

export const { useGetChecklistQuery } = checklistApi

whenAnswered("checklist", ({ dispatch }, action, answer) => {
  if (!("task_id" in action)) return
  const landed = answer ? (answer as ChecklistItem) : null
  dispatch(
    checklistApi.util.updateQueryData("getChecklist", action.task_id, (items) => {
      const others = items.filter(({ id }) => id !== action.entity)
      const at = items.findIndex(({ id }) => id === action.entity)
      return landed ? others.toSpliced(at === -1 ? others.length : at, 0, landed) : others
    }) as never,
  )
})

/** The items as they will be once what waits has been sent. */
export function withWaiting(items: readonly ChecklistItem[], waiting: readonly Action[]): ChecklistItem[] {
  return waiting.reduce<ChecklistItem[]>((list, action) => {
    if (action.type === "checklist.add") return list.some(({ id }) => id === action.entity) ? list : [...list, asItem(action, list.length)]
    if (action.type === "checklist.update") return list.map((one) => (one.id === action.entity ? { ...one, ...action.patch } : one))
    if (action.type === "checklist.delete") return list.filter(({ id }) => id !== action.entity)
    return list
  }, [...items])
}

function asItem({ entity, task_id, title, checklist }: Action & { type: "checklist.add" }, position: number): ChecklistItem {
  return { id: entity, task_id, title, checklist, is_done: false, position, version: 0 }
}

import { api } from "@/lib/api/api"
import { problemMessage } from "@/lib/api/problem"
import type { ChecklistItem } from "@/lib/api/types"
import type { AppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"

const checklistApi = api.injectEndpoints({
  endpoints: (build) => ({
    getChecklist: build.query<ChecklistItem[], string>({
      query: (taskId) => `/tasks/${encodeURIComponent(taskId)}/checklist`,
      transformResponse: ({ items }: { items: ChecklistItem[] }) => items,
      providesTags: (_, __, taskId) => [{ type: "Checklist", id: taskId }],
    }),
    addItem: build.mutation<ChecklistItem, { taskId: string; id: string; title: string; checklist: string }>({
      query: ({ taskId, ...body }) => ({ url: `/tasks/${taskId}/checklist`, method: "POST", body }),
      invalidatesTags: (done, _, { taskId }) => (done ? [{ type: "Activity", id: taskId }] : []),
      onQueryStarted: async ({ taskId }, { dispatch, queryFulfilled }) => {
        const answer = await queryFulfilled.catch(() => null)
        if (answer) change(dispatch, taskId, (items) => void items.push(answer.data))
      },
    }),
    updateItem: build.mutation<ChecklistItem, { item: ChecklistItem; patch: Partial<Pick<ChecklistItem, "title" | "is_done">> }>({
      query: ({ item, patch }) => ({ url: `/checklist-items/${item.id}`, method: "PATCH", body: patch }),
      invalidatesTags: (done, _, { item }) => (done ? [{ type: "Activity", id: item.task_id }] : []),
      onQueryStarted: async ({ item, patch }, { dispatch, queryFulfilled }) => {
        const show = (fields: Partial<ChecklistItem>) =>
          change(dispatch, item.task_id, (items) => {
            const cached = items.find(({ id }) => id === item.id)
            if (cached) Object.assign(cached, fields)
          })
        const shown = show(patch)
        try {
          show((await queryFulfilled).data)
        } catch (failure) {
          shown.undo()
          complain(dispatch, failure)
        }
      },
    }),
    deleteItem: build.mutation<null, ChecklistItem>({
      query: ({ id }) => ({ url: `/checklist-items/${id}`, method: "DELETE" }),
      transformResponse: () => null,
      onQueryStarted: async (item, { dispatch, queryFulfilled }) => {
        const gone = change(dispatch, item.task_id, (items) => items.filter(({ id }) => id !== item.id))
        try {
          await queryFulfilled
        } catch (failure) {
          gone.undo()
          complain(dispatch, failure)
        }
      },
    }),
  }),
})

function change(dispatch: AppDispatch, taskId: string, recipe: (items: ChecklistItem[]) => ChecklistItem[] | void) {
  return dispatch(checklistApi.util.updateQueryData("getChecklist", taskId, recipe))
}

function complain(dispatch: AppDispatch, failure: unknown) {
  dispatch(showToast(problemMessage((failure as { error: unknown }).error), { tone: "danger" }))
}

export const { useGetChecklistQuery, useAddItemMutation, useUpdateItemMutation, useDeleteItemMutation } = checklistApi

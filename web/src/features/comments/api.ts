import { api } from "@/lib/api/api"
import { fetchAllPages } from "@/lib/api/pages"
import { problemMessage } from "@/lib/api/problem"
import type { Comment } from "@/lib/api/types"
import { showToast } from "@/lib/toasts"

const commentsApi = api.injectEndpoints({
  endpoints: (build) => ({
    getComments: build.query<Comment[], string>({
      queryFn: (taskId, _api, _extra, fetch) => fetchAllPages<Comment>(fetch, `/tasks/${encodeURIComponent(taskId)}/comments`),
      providesTags: (_, __, taskId) => [{ type: "Comments", id: taskId }],
    }),
    addComment: build.mutation<Comment, { taskId: string; id: string; body: string }>({
      query: ({ taskId, ...body }) => ({ url: `/tasks/${taskId}/comments`, method: "POST", body }),
      invalidatesTags: (done, _, { taskId }) => (done ? [{ type: "Activity", id: taskId }] : []),
      onQueryStarted: async ({ taskId }, { dispatch, queryFulfilled }) => {
        const answer = await queryFulfilled.catch(() => null)
        if (answer) {
          dispatch(commentsApi.util.updateQueryData("getComments", taskId, (comments) => void comments.push(answer.data)))
        }
      },
    }),
    editComment: build.mutation<Comment, { comment: Comment; body: string }>({
      query: ({ comment, body }) => ({ url: `/comments/${comment.id}`, method: "PATCH", body: { body, version: comment.version } }),
      invalidatesTags: (_, failure, { comment }) => (failure ? [{ type: "Comments", id: comment.task_id }] : []),
      onQueryStarted: async ({ comment, body }, { dispatch, queryFulfilled }) => {
        const show = (change: Partial<Comment>) =>
          dispatch(
            commentsApi.util.updateQueryData("getComments", comment.task_id, (comments) => {
              const cached = comments.find(({ id }) => id === comment.id)
              if (cached) Object.assign(cached, change)
            }),
          )
        const patch = show({ body })
        try {
          const { data } = await queryFulfilled
          show(data)
        } catch (failure) {
          patch.undo()
          dispatch(showToast(problemMessage((failure as { error: unknown }).error), { tone: "danger" }))
        }
      },
    }),
    deleteComment: build.mutation<null, Comment>({
      query: ({ id }) => ({ url: `/comments/${id}`, method: "DELETE" }),
      transformResponse: () => null,
      invalidatesTags: (_, failure, comment) => (failure ? [] : [{ type: "Activity", id: comment.task_id }]),
      onQueryStarted: async ({ id, task_id }, { dispatch, queryFulfilled }) => {
        const patch = dispatch(
          commentsApi.util.updateQueryData("getComments", task_id, (comments) => comments.filter((one) => one.id !== id)),
        )
        try {
          await queryFulfilled
        } catch (failure) {
          patch.undo()
          dispatch(showToast(problemMessage((failure as { error: unknown }).error), { tone: "danger" }))
        }
      },
    }),
  }),
})

export const { useGetCommentsQuery, useAddCommentMutation, useEditCommentMutation, useDeleteCommentMutation } = commentsApi

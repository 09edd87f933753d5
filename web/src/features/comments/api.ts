import { api } from "@/lib/api/api"
import { fetchAllPages } from "@/lib/api/pages"
import type { Comment } from "@/lib/api/types"
import type { Action } from "@/lib/sync/actions"
import { whenAnswered } from "@/lib/sync/landing"

const commentsApi = api.injectEndpoints({
  endpoints: (build) => ({
    getComments: build.query<Comment[], string>({
      queryFn: (taskId, _api, _extra, fetch) => fetchAllPages<Comment>(fetch, `/tasks/${encodeURIComponent(taskId)}/comments`),
      providesTags: (_, __, taskId) => [{ type: "Comments", id: taskId }],
    }),
  }),
})

export const { useGetCommentsQuery } = commentsApi

whenAnswered("comment", ({ dispatch }, action, answer) => {
  if (!("task_id" in action)) return
  const landed = answer ? (answer as Comment) : null
  dispatch(
    commentsApi.util.updateQueryData("getComments", action.task_id, (comments) => {
      const others = comments.filter(({ id }) => id !== action.entity)
      const at = comments.findIndex(({ id }) => id === action.entity)
      return landed ? others.toSpliced(at === -1 ? others.length : at, 0, landed) : others
    }) as never,
  )
})

/** The comments as they will be once what waits has been sent. */
export function withWaiting(comments: readonly Comment[], waiting: readonly Action[]): Comment[] {
  return waiting.reduce<Comment[]>((list, action) => {
    if (action.type === "comment.add") return list.some(({ id }) => id === action.entity) ? list : [...list, asComment(action)]
    if (action.type === "comment.edit") return list.map((one) => (one.id === action.entity ? { ...one, body: action.body, edited_at: action.at } : one))
    if (action.type === "comment.delete") return list.filter(({ id }) => id !== action.entity)
    return list
  }, [...comments])
}

function asComment({ entity, at, task_id, body, author_id }: Action & { type: "comment.add" }): Comment {
  return {
    id: entity,
    task_id,
    parent_id: null,
    author_id,
    body,
    version: 0,
    edited_at: null,
    created_at: at,
    updated_at: at,
    mentions: [],
    reactions: [],
  }
}

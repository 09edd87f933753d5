import { api } from "@/lib/api/api"
import type { Board, Page, Tag, Task } from "@/lib/api/types"
import type { AppDispatch, RootState } from "@/lib/store"
import { toQuery, type BoardFilters } from "../filters/boardFilters"
import { appendCards } from "./boardCache"

export interface BoardArgs {
  projectId: string
  filters: BoardFilters
}

interface MoreCards extends BoardArgs {
  status: string
  cursor: string
}

const PAGE = 50

export const boardApi = api.injectEndpoints({
  endpoints: (build) => ({
    getBoard: build.query<Board, BoardArgs>({
      query: ({ projectId, filters }) => `/projects/${encodeURIComponent(projectId)}/board?limit=${PAGE}&${toQuery(filters)}`,
      providesTags: (_, __, { projectId }) => [{ type: "Board", id: projectId }],
    }),
    loadMore: build.mutation<Page<Task>, MoreCards>({
      query: ({ projectId, filters, status, cursor }) => {
        const page = new URLSearchParams({ status, cursor, sort: "position", order: "asc", limit: String(PAGE) })
        return `/projects/${encodeURIComponent(projectId)}/tasks?${page}&${toQuery(filters)}`
      },
      onQueryStarted: async ({ projectId, filters, status }, { dispatch, queryFulfilled }) => {
        const answer = await queryFulfilled.catch(() => null)
        if (!answer) return
        dispatch(
          boardApi.util.updateQueryData("getBoard", { projectId, filters }, (board) => {
            const column = board.columns.find(({ state }) => state.key === status)
            if (column) appendCards(column, answer.data.items, answer.data.next_cursor)
          }),
        )
      },
    }),
    getTags: build.query<Tag[], void>({
      query: () => "/tags",
      transformResponse: ({ items }: { items: Tag[] }) => items,
      providesTags: ["Tags"],
    }),
  }),
})

export const { useGetBoardQuery, useLoadMoreMutation, useGetTagsQuery } = boardApi

export interface Store {
  dispatch: AppDispatch
  getState: () => unknown
}

/** Changes every cached board of a project (each set of filters is one). `undo` takes it all back. */
export function patchBoards(
  { dispatch, getState }: Store,
  projectId: string,
  recipe: (board: Board, filters: BoardFilters) => void,
): { undo: () => void } {
  const cached = boardApi.util
    .selectCachedArgsForQuery(getState() as Parameters<typeof boardApi.util.selectCachedArgsForQuery>[0], "getBoard")
    .filter((args) => args.projectId === projectId)
  const patches = cached.map((args) =>
    dispatch(boardApi.util.updateQueryData("getBoard", args, (board) => recipe(board, args.filters))),
  )
  return { undo: () => patches.forEach((patch) => patch.undo()) }
}

export function cachedBoard(state: RootState, args: BoardArgs): Board | undefined {
  return boardApi.endpoints.getBoard.select(args)(state).data
}

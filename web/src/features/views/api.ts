import { api } from "@/lib/api/api"
import { fetchAllPages } from "@/lib/api/pages"
import { problemMessage } from "@/lib/api/problem"
import type { NewView, Page, Task, View } from "@/lib/api/types"
import type { AppDispatch } from "@/lib/store"
import { applied } from "@/lib/sync/slice"
import { showToast } from "@/lib/toasts"

interface ChangedView {
  view: View
  change: Partial<Pick<View, "name" | "query" | "is_shared">>
}

const viewsApi = api.injectEndpoints({
  endpoints: (build) => ({
    findTasks: build.infiniteQuery<Page<Task>, string, string | null>({
      infiniteQueryOptions: {
        initialPageParam: null,
        getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
      },
      query: ({ queryArg: query, pageParam: cursor }) => ({
        url: "/tasks",
        params: { query, limit: 50, ...(cursor ? { cursor } : { include_total: true }) },
      }),
      providesTags: ["TaskQueries"],
    }),
    /** The tasks that a query means, by id alone; two thousand at most. */
    matchTasks: build.query<string[], string>({
      queryFn: async (query, _api, _extra, fetch) => {
        const { data, error } = await fetchAllPages<Task>(fetch, "/tasks", { query })
        return error ? { error } : { data: data.map(({ id }) => id) }
      },
      providesTags: ["TaskQueries"],
    }),
    createView: build.mutation<View, NewView>({
      query: (body) => ({ url: "/views", method: "POST", body }),
      onQueryStarted: (_, { dispatch, queryFulfilled }) => queryFulfilled.then(({ data }) => keep(dispatch, data), () => undefined),
    }),
    changeView: build.mutation<View, ChangedView>({
      query: ({ view, change }) => ({ url: `/views/${view.id}`, method: "PATCH", body: { ...change, version: view.version } }),
      onQueryStarted: (_, { dispatch, queryFulfilled }) =>
        queryFulfilled.then(({ data }) => keep(dispatch, data), (failure: unknown) => explain(dispatch, failure)),
    }),
    deleteView: build.mutation<null, View>({
      query: ({ id }) => ({ url: `/views/${id}`, method: "DELETE" }),
      transformResponse: () => null,
      onQueryStarted: ({ id }, { dispatch, queryFulfilled }) =>
        queryFulfilled.then(
          () => void dispatch(applied({ changes: [{ model: "view", id, op: "remove" }] })),
          (failure: unknown) => explain(dispatch, failure),
        ),
    }),
  }),
})

export const { useFindTasksInfiniteQuery, useMatchTasksQuery, useCreateViewMutation, useChangeViewMutation, useDeleteViewMutation } = viewsApi

/** The navigation shows it before the server's own news of it arrives. */
function keep(dispatch: AppDispatch, view: View): void {
  dispatch(applied({ changes: [{ model: "view", id: view.id, op: "put", row: view }] }))
}

function explain(dispatch: AppDispatch, failure: unknown): void {
  dispatch(showToast(problemMessage((failure as { error?: unknown }).error), { tone: "danger" }))
}

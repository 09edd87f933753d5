import { api } from "@/lib/api/api"
import { problemMessage } from "@/lib/api/problem"
import type { Page, TimeEntry, Timesheet } from "@/lib/api/types"
import { saveFile } from "@/lib/saveFile"
import type { AppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"

export interface NewEntry {
  started_at: string
  minutes: number
  note: string | null
  is_billable: boolean
}

export interface Sheet {
  week: string | null
  userId: string | null
}

interface Export {
  projectId: string
  userId: string
  since: string
  until: string
  fileName: string
}

// A hundred thousand entries take a while to read.
const EXPORT_TIMEOUT = 5 * 60_000

const timeApi = api.injectEndpoints({
  endpoints: (build) => ({
    getTimer: build.query<TimeEntry | null, void>({
      query: () => "/me/timer",
      transformResponse: (timer: TimeEntry | null) => timer ?? null,
      providesTags: ["Timer"],
    }),
    /** Stops the one that runs, if it is another task's. */
    startTimer: build.mutation<TimeEntry, string>({
      query: (taskId) => ({ url: `/tasks/${taskId}/timer`, method: "POST", params: { switch: true }, body: {} }),
      invalidatesTags: (_, __, taskId) => ["Timer", { type: "TimeEntries", id: taskId }, { type: "TimeEntries", id: "week" }],
      onQueryStarted: (_, { dispatch, queryFulfilled }) => orExplain(dispatch, queryFulfilled),
    }),
    stopTimer: build.mutation<TimeEntry & { is_cut: boolean }, TimeEntry>({
      query: ({ id }) => ({ url: `/time-entries/${id}/stop`, method: "POST", body: {} }),
      invalidatesTags: (_, __, { task_id }) => ["Timer", { type: "TimeEntries", id: task_id }, { type: "TimeEntries", id: "week" }],
      onQueryStarted: async (_, { dispatch, queryFulfilled }) => {
        const clear = dispatch(timeApi.util.updateQueryData("getTimer", undefined, () => null))
        try {
          await queryFulfilled
        } catch (failure) {
          clear.undo()
          explain(dispatch, failure)
        }
      },
    }),
    getTaskTime: build.infiniteQuery<Page<TimeEntry>, string, string | null>({
      infiniteQueryOptions: {
        initialPageParam: null,
        getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
      },
      query: ({ queryArg: taskId, pageParam: cursor }) => ({ url: `/tasks/${taskId}/time-entries`, params: { limit: 20, ...(cursor && { cursor }) } }),
      providesTags: (_, __, taskId) => [{ type: "TimeEntries", id: taskId }],
    }),
    addTime: build.mutation<TimeEntry, { taskId: string; entry: NewEntry }>({
      query: ({ taskId, entry }) => ({ url: `/tasks/${taskId}/time-entries`, method: "POST", body: entry }),
      invalidatesTags: (_, __, { taskId }) => [{ type: "TimeEntries", id: taskId }, { type: "TimeEntries", id: "week" }],
    }),
    deleteTime: build.mutation<null, TimeEntry>({
      query: ({ id }) => ({ url: `/time-entries/${id}`, method: "DELETE" }),
      transformResponse: () => null,
      invalidatesTags: (_, __, { task_id }) => [{ type: "TimeEntries", id: task_id }, { type: "TimeEntries", id: "week" }],
      onQueryStarted: (_, { dispatch, queryFulfilled }) => orExplain(dispatch, queryFulfilled),
    }),
    getTimesheet: build.query<Timesheet, Sheet>({
      query: ({ week, userId }) => ({ url: "/timesheet", params: { ...(week && { week }), ...(userId && { user_id: userId }) } }),
      providesTags: [{ type: "TimeEntries", id: "week" }],
    }),
    /** Saves entries as a file. It is fetched and not linked to, because the access token is in no cookie. */
    exportTime: build.mutation<null, Export>({
      queryFn: async ({ projectId, userId, since, until, fileName }, _api, _extra, fetch) => {
        const { data, error } = await fetch({
          url: `/projects/${projectId}/time-entries/export`,
          params: { user_id: userId, since, until },
          timeout: EXPORT_TIMEOUT,
          responseHandler: (response) => (response.ok ? response.blob() : response.json()),
        })
        if (error) return { error }
        saveFile(data as Blob, fileName)
        return { data: null }
      },
      onQueryStarted: (_, { dispatch, queryFulfilled }) => orExplain(dispatch, queryFulfilled),
    }),
  }),
})

export const {
  useGetTimerQuery,
  useStartTimerMutation,
  useStopTimerMutation,
  useGetTaskTimeInfiniteQuery,
  useAddTimeMutation,
  useDeleteTimeMutation,
  useGetTimesheetQuery,
  useExportTimeMutation,
} = timeApi

async function orExplain(dispatch: AppDispatch, done: PromiseLike<unknown>): Promise<void> {
  try {
    await done
  } catch (failure) {
    explain(dispatch, failure)
  }
}

function explain(dispatch: AppDispatch, failure: unknown): void {
  dispatch(showToast(problemMessage((failure as { error?: unknown }).error), { tone: "danger" }))
}

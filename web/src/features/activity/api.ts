import { api } from "@/lib/api/api"
import type { ActivityEvent, Page } from "@/lib/api/types"

const activityApi = api.injectEndpoints({
  endpoints: (build) => ({
    getActivity: build.infiniteQuery<Page<ActivityEvent>, string, string | null>({
      infiniteQueryOptions: {
        initialPageParam: null,
        getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
      },
      query: ({ queryArg: taskId, pageParam: cursor }) => ({
        url: `/tasks/${encodeURIComponent(taskId)}/activity`,
        params: { limit: 20, ...(cursor && { cursor }) },
      }),
      providesTags: (_, __, taskId) => [{ type: "Activity", id: taskId }],
    }),
  }),
})

export const { useGetActivityInfiniteQuery } = activityApi

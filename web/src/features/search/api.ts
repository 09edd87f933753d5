import { api } from "@/lib/api/api"
import type { SearchPage } from "@/lib/api/types"
import { toParams, type SearchFilters } from "./searchFilters"

const searchApi = api.injectEndpoints({
  endpoints: (build) => ({
    /** The first few of everything, while somebody types. */
    glance: build.query<SearchPage, string>({
      query: (q) => ({ url: "/search", params: { q, limit: 8 } }),
      keepUnusedDataFor: 30,
    }),
    search: build.infiniteQuery<SearchPage, SearchFilters, string | null>({
      infiniteQueryOptions: {
        initialPageParam: null,
        getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
      },
      query: ({ queryArg: filters, pageParam: cursor }) => ({
        url: "/search",
        params: { ...toParams(filters), limit: 20, ...(cursor && { cursor }) },
      }),
      keepUnusedDataFor: 30,
    }),
  }),
})

export const { useGlanceQuery, useSearchInfiniteQuery } = searchApi

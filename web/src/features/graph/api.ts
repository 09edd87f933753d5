import { api } from "@/lib/api/api"
import type { DependencyGraph, Timeline } from "@/lib/api/types"

const of = (projectId: string) => `/projects/${encodeURIComponent(projectId)}`

const graphApi = api.injectEndpoints({
  endpoints: (build) => ({
    getProjectGraph: build.query<DependencyGraph, string>({
      query: (projectId) => `${of(projectId)}/dependency-graph`,
      // Whatever changes a plan changes this too.
      providesTags: ["Timeline"],
    }),
    /** The tasks that set when the project ends, first to last. */
    getCriticalPath: build.query<string[], string>({
      query: (projectId) => `${of(projectId)}/timeline`,
      transformResponse: ({ critical_path }: Timeline) => critical_path,
      providesTags: ["Timeline"],
    }),
  }),
})

export const { useGetProjectGraphQuery, useGetCriticalPathQuery } = graphApi

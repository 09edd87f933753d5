import { api } from "@/lib/api/api"
import type { Baseline, BaselineDetails, ProjectSettings, Rescheduling, TaskChange, Timeline } from "@/lib/api/types"

interface Changes {
  projectId: string
  changes: TaskChange[]
}

const of = (projectId: string) => `/projects/${encodeURIComponent(projectId)}`

const timelineApi = api.injectEndpoints({
  endpoints: (build) => ({
    getTimeline: build.query<Timeline, string>({
      query: (projectId) => `${of(projectId)}/timeline`,
      providesTags: ["Timeline"],
    }),
    previewReschedule: build.query<Rescheduling, Changes>({
      query: ({ projectId, changes }) => ({ url: `${of(projectId)}/reschedule/preview`, method: "POST", body: { changes } }),
      // What would move is worth nothing once something has.
      keepUnusedDataFor: 0,
    }),
    reschedule: build.mutation<Rescheduling, Changes & { token: string }>({
      query: ({ projectId, changes, token }) => ({ url: `${of(projectId)}/reschedule`, method: "POST", body: { changes, token } }),
      invalidatesTags: ["Timeline", "Utilisation"],
    }),
    getBaselines: build.query<Baseline[], string>({
      query: (projectId) => `${of(projectId)}/baselines`,
      transformResponse: ({ items }: { items: Baseline[] }) => items,
      providesTags: ["Baselines"],
    }),
    getBaseline: build.query<BaselineDetails, string>({
      query: (id) => `/baselines/${encodeURIComponent(id)}`,
      providesTags: ["Baselines"],
    }),
    saveBaseline: build.mutation<Baseline, { projectId: string; name: string }>({
      query: ({ projectId, name }) => ({ url: `${of(projectId)}/baselines`, method: "POST", body: { name } }),
      invalidatesTags: ["Baselines"],
    }),
    getProjectSettings: build.query<ProjectSettings, string>({
      query: (projectId) => `${of(projectId)}/settings`,
      providesTags: ["ProjectSettings"],
    }),
    changeAutoSchedule: build.mutation<ProjectSettings, { projectId: string; on: boolean }>({
      query: ({ projectId, on }) => ({ url: `${of(projectId)}/settings`, method: "PATCH", body: { auto_schedule: on } }),
      invalidatesTags: ["ProjectSettings", "Timeline"],
    }),
  }),
})

export const {
  useGetTimelineQuery,
  usePreviewRescheduleQuery,
  useRescheduleMutation,
  useGetBaselinesQuery,
  useGetBaselineQuery,
  useSaveBaselineMutation,
  useGetProjectSettingsQuery,
  useChangeAutoScheduleMutation,
} = timelineApi

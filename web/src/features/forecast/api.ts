import { api } from "@/lib/api/api"
import type { Backtest, Bottlenecks, BulkChanged, Forecast, Optimisation, OptimiseWishes, Prioritised, Prioritization, Scenario, ScenarioChanges, ScenarioComparison, ScenarioMerge } from "@/lib/api/types"

const of = (projectId: string) => `/projects/${encodeURIComponent(projectId)}`
const scenario = (id: string) => `/scenarios/${encodeURIComponent(id)}`

const forecastApi = api.injectEndpoints({
  endpoints: (build) => ({
    getForecast: build.query<Forecast, { projectId: string; by?: string }>({
      query: ({ projectId, by }) => ({ url: `${of(projectId)}/forecast`, params: by ? { by } : {} }),
      providesTags: ["Timeline"],
    }),
    getBacktest: build.query<Backtest, string>({
      query: (projectId) => `${of(projectId)}/forecast/backtest`,
    }),
    getBottlenecks: build.query<Bottlenecks, string>({
      query: (projectId) => `${of(projectId)}/bottlenecks`,
      providesTags: ["Timeline"],
    }),
    getPriorities: build.query<Prioritization, string>({
      query: (projectId) => `${of(projectId)}/priorities`,
      providesTags: ["Timeline"],
    }),
    prioritise: build.mutation<BulkChanged, { tasks: Prioritised[] }>({
      query: ({ tasks }) => ({ url: "/tasks/prioritise", method: "POST", body: { tasks } }),
      invalidatesTags: ["Timeline"],
    }),
    previewOptimise: build.mutation<Optimisation, { projectId: string; wishes: OptimiseWishes }>({
      query: ({ projectId, wishes }) => ({ url: `${of(projectId)}/optimise/preview`, method: "POST", body: wishes }),
    }),
    optimise: build.mutation<Optimisation, { projectId: string; wishes: OptimiseWishes; token: string }>({
      query: ({ projectId, wishes, token }) => ({ url: `${of(projectId)}/optimise`, method: "POST", body: { ...wishes, token } }),
      invalidatesTags: ["Timeline", "Utilisation"],
    }),
    getScenarios: build.query<Scenario[], string>({
      query: (projectId) => `${of(projectId)}/scenarios`,
      transformResponse: ({ items }: { items: Scenario[] }) => items,
      providesTags: ["Scenarios"],
    }),
    getComparison: build.query<ScenarioComparison, string>({
      query: (id) => `${scenario(id)}/comparison`,
      providesTags: ["Scenarios", "Timeline"],
    }),
    makeScenario: build.mutation<Scenario, { projectId: string; name: string; changes: ScenarioChanges }>({
      query: ({ projectId, name, changes }) => ({ url: `${of(projectId)}/scenarios`, method: "POST", body: { name, changes } }),
      invalidatesTags: ["Scenarios"],
    }),
    changeScenario: build.mutation<Scenario, { id: string; version: number; name: string; changes: ScenarioChanges }>({
      query: ({ id, ...body }) => ({ url: scenario(id), method: "PATCH", body }),
      invalidatesTags: ["Scenarios"],
    }),
    dropScenario: build.mutation<null, string>({
      query: (id) => ({ url: scenario(id), method: "DELETE" }),
      invalidatesTags: ["Scenarios"],
    }),
    mergeScenario: build.mutation<ScenarioMerge, string>({
      query: (id) => ({ url: `${scenario(id)}/merge`, method: "POST" }),
      invalidatesTags: ["Scenarios", "Timeline", "Utilisation"],
    }),
  }),
})

export const {
  useGetForecastQuery,
  useGetBacktestQuery,
  useGetBottlenecksQuery,
  useGetPrioritiesQuery,
  usePrioritiseMutation,
  usePreviewOptimiseMutation,
  useOptimiseMutation,
  useGetScenariosQuery,
  useGetComparisonQuery,
  useMakeScenarioMutation,
  useChangeScenarioMutation,
  useDropScenarioMutation,
  useMergeScenarioMutation,
} = forecastApi

import { api } from "@/lib/api/api"
import { fetchAllPages } from "@/lib/api/pages"
import type { components } from "@/lib/api/schema"
import type { PersonLoad } from "@/lib/api/types"
import type { Bucket, Range } from "./range"

type Schemas = components["schemas"]
export type ProjectNumbers = Schemas["ProjectMetricsInTime"]
export type Trends = Schemas["Trends"]
export type TeamNumbers = Schemas["TeamPerformance"]
export type WorkspaceNumbers = Schemas["TenantMetrics"]
export type Usage = Schemas["UsageAnalytics"]
export type Piece = Schemas["analytics_flows_Piece"]
export type Completed = Schemas["Completed"]
export type Underway = Schemas["Underway"]
export type EarnedValue = Schemas["EarnedValue"]
export type PersonNumbers = Schemas["PersonNumbers"]
export type Freshness = Schemas["Freshness"]
export type Change = Schemas["Change"]

type Asked = Pick<Range, "since" | "until" | "zone"> & { bucket: Bucket }

const paramsOf = ({ since, until, zone, bucket }: Asked) => ({ since, until, time_zone: zone, bucket })

const dashboardsApi = api.injectEndpoints({
  endpoints: (build) => ({
    getProjectNumbers: build.query<ProjectNumbers, Asked & { projectId: string }>({
      query: ({ projectId, ...asked }) => ({ url: `/analytics/projects/${encodeURIComponent(projectId)}`, params: paramsOf(asked) }),
    }),
    getTrends: build.query<Trends, Asked & { projectId: string }>({
      query: ({ projectId, ...asked }) => ({ url: `/analytics/projects/${encodeURIComponent(projectId)}/trends`, params: paramsOf(asked) }),
    }),
    getTeamNumbers: build.query<TeamNumbers, Asked & { teamId: string }>({
      query: ({ teamId, ...asked }) => ({ url: `/analytics/teams/${encodeURIComponent(teamId)}`, params: paramsOf(asked) }),
    }),
    getWorkspaceNumbers: build.query<WorkspaceNumbers, Asked>({
      query: (asked) => ({ url: "/analytics/workspace", params: paramsOf(asked) }),
    }),
    getUsage: build.query<Usage, Asked>({
      query: (asked) => ({ url: "/analytics/usage", params: paramsOf(asked) }),
    }),
    getWorkspaceLoad: build.query<PersonLoad[], { since: string; until: string }>({
      queryFn: (weeks, _api, _extra, fetch) => fetchAllPages<PersonLoad>(fetch, "/utilisation", weeks),
      providesTags: ["Utilisation"],
    }),
  }),
})

export const {
  useGetProjectNumbersQuery,
  useGetTrendsQuery,
  useGetTeamNumbersQuery,
  useGetWorkspaceNumbersQuery,
  useGetUsageQuery,
  useGetWorkspaceLoadQuery,
} = dashboardsApi

import { api } from "@/lib/api/api"
import type { components } from "@/lib/api/schema"

export type Usage = components["schemas"]["UsageAnalytics"]
export type Limits = components["schemas"]["WorkspaceLimits"]
export type Quota = components["schemas"]["Quota"]

const usageApi = api.injectEndpoints({
  endpoints: (build) => ({
    getUsage: build.query<Usage, void>({ query: () => "/analytics/usage" }),
    getLimits: build.query<Limits, void>({ query: () => "/workspace/limits" }),
  }),
})

export const { useGetUsageQuery, useGetLimitsQuery } = usageApi

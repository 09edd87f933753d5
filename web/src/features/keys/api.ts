import { api } from "@/lib/api/api"
import { fetchAllPages } from "@/lib/api/pages"
import type { ApiKey } from "@/lib/api/types"

const keysApi = api.injectEndpoints({
  endpoints: (build) => ({
    getWorkspaceKeys: build.query<ApiKey[], void>({
      queryFn: (_, _api, _extra, fetch) => fetchAllPages<ApiKey>(fetch, "/api-keys"),
      providesTags: ["WorkspaceKeys"],
    }),
    revokeWorkspaceKey: build.mutation<null, string>({
      query: (id) => ({ url: `/api-keys/${id}`, method: "DELETE" }),
      transformResponse: () => null,
      // Refused: perhaps it was revoked already.
      invalidatesTags: ["WorkspaceKeys"],
    }),
  }),
})

export const { useGetWorkspaceKeysQuery, useRevokeWorkspaceKeyMutation } = keysApi

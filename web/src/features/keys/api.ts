import { api } from "@/lib/api/api"
import { fetchAllPages } from "@/lib/api/pages"

export interface WorkspaceKey {
  id: string
  user_id: string
  name: string
  prefix: string
  scopes: string[]
  /** Null: all projects of its person. */
  project_ids: string[] | null
  expires_at: string | null
  last_used_at: string | null
  created_at: string
}

const keysApi = api.injectEndpoints({
  endpoints: (build) => ({
    getWorkspaceKeys: build.query<WorkspaceKey[], void>({
      queryFn: (_, _api, _extra, fetch) => fetchAllPages<WorkspaceKey>(fetch, "/api-keys"),
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

import { api } from "@/lib/api/api"
import type { ApiKey, NewApiKey } from "@/lib/api/types"

const keysApi = api.enhanceEndpoints({ addTagTypes: ["ApiKeys", "WorkspaceKeys"] }).injectEndpoints({
  endpoints: (build) => ({
    getMyKeys: build.query<ApiKey[], void>({
      query: () => "/me/api-keys",
      transformResponse: ({ items }: { items: ApiKey[] }) => items,
      providesTags: ["ApiKeys"],
    }),
    createKey: build.mutation<{ secret: string; api_key: ApiKey }, NewApiKey>({
      query: (body) => ({ url: "/me/api-keys", method: "POST", body }),
      invalidatesTags: (done) => (done ? ["ApiKeys", "WorkspaceKeys"] : []),
    }),
    revokeKey: build.mutation<null, string>({
      query: (id) => ({ url: `/me/api-keys/${id}`, method: "DELETE" }),
      transformResponse: () => null,
      // Also when refused: perhaps it was gone already.
      invalidatesTags: ["ApiKeys", "WorkspaceKeys"],
    }),
  }),
})

export const { useGetMyKeysQuery, useCreateKeyMutation, useRevokeKeyMutation } = keysApi

import { api } from "@/lib/api/api"
import type { ScimToken } from "@/lib/api/types"

const scimApi = api.injectEndpoints({
  endpoints: (build) => ({
    getScimTokens: build.query<ScimToken[], void>({
      query: () => "/scim-tokens",
      transformResponse: ({ items }: { items: ScimToken[] }) => items,
      providesTags: ["ScimTokens"],
    }),
    /** The secret is in this answer and in no other. */
    createScimToken: build.mutation<{ secret: string; scim_token: ScimToken }, string>({
      query: (name) => ({ url: "/scim-tokens", method: "POST", body: { name } }),
      invalidatesTags: (done) => (done ? ["ScimTokens"] : []),
    }),
    revokeScimToken: build.mutation<null, string>({
      query: (id) => ({ url: `/scim-tokens/${id}`, method: "DELETE" }),
      transformResponse: () => null,
      // Refused: perhaps it was revoked already.
      invalidatesTags: ["ScimTokens"],
    }),
  }),
})

export const { useGetScimTokensQuery, useCreateScimTokenMutation, useRevokeScimTokenMutation } = scimApi

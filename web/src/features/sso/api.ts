import { api } from "@/lib/api/api"
import { isConflict, isMissing } from "@/lib/api/problem"
import type { IdentityProvider } from "@/lib/api/types"

export interface IdentityProviderFields extends Omit<IdentityProvider, "id" | "redirect_uri" | "version"> {
  /** Absent keeps the one that is stored. */
  client_secret?: string
  version?: number
}

const ssoApi = api.injectEndpoints({
  endpoints: (build) => ({
    /** Null: there is none yet. */
    getIdentityProvider: build.query<IdentityProvider | null, void>({
      queryFn: async (_, _api, _extra, fetch) => {
        const { data, error } = await fetch("/identity-provider")
        if (!error) return { data: data as IdentityProvider }
        return isMissing(error) ? { data: null } : { error }
      },
      providesTags: ["IdentityProvider"],
    }),
    saveIdentityProvider: build.mutation<IdentityProvider, IdentityProviderFields>({
      query: (body) => ({ url: "/identity-provider", method: "PUT", body }),
      // Refused because somebody else changed it meanwhile: show how it is now.
      invalidatesTags: (_, failure) => (isConflict(failure) ? ["IdentityProvider"] : []),
      onQueryStarted: async (_, { dispatch, queryFulfilled }) => {
        const answer = await queryFulfilled.catch(() => null)
        if (answer) dispatch(ssoApi.util.updateQueryData("getIdentityProvider", undefined, () => answer.data))
      },
    }),
    deleteIdentityProvider: build.mutation<null, void>({
      query: () => ({ url: "/identity-provider", method: "DELETE" }),
      transformResponse: () => null,
      // It may take a rule of the workspace with it, or be refused for one.
      invalidatesTags: ["IdentityProvider", "Workspace"],
    }),
  }),
})

export const { useGetIdentityProviderQuery, useSaveIdentityProviderMutation, useDeleteIdentityProviderMutation } = ssoApi

import { api } from "@/lib/api/api"
import type { AddedPasskey, FirstRecoveryCodes, Passkey, SecondFactors, TotpSecret } from "@/lib/api/types"
import { createPasskey, type CreationOptions } from "@/lib/passkeys"
import { sessionEnded } from "@/lib/session"

const securityApi = api.enhanceEndpoints({ addTagTypes: ["SecondFactors"] }).injectEndpoints({
  endpoints: (build) => ({
    getSecondFactors: build.query<SecondFactors, void>({
      query: () => "/me/second-factors",
      providesTags: ["SecondFactors"],
    }),
    confirmMe: build.mutation<null, { password: string }>({
      query: (body) => ({ url: "/me/confirm", method: "POST", body }),
      transformResponse: () => null,
    }),
    /** For whoever has no password to confirm with: out, and back in to where they were. */
    signInAgain: build.mutation<null, void>({
      query: () => ({ url: "/auth/logout", method: "POST" }),
      transformResponse: () => null,
      onQueryStarted: async (_, { dispatch, queryFulfilled }) => {
        await Promise.resolve(queryFulfilled).catch(() => null)
        dispatch(sessionEnded())
      },
    }),
    beginTotp: build.mutation<TotpSecret, void>({
      query: () => ({ url: "/me/totp", method: "POST" }),
    }),
    confirmTotp: build.mutation<FirstRecoveryCodes, { totp: string }>({
      query: (body) => ({ url: "/me/totp/confirm", method: "POST", body }),
      invalidatesTags: (done) => (done ? ["SecondFactors"] : []),
    }),
    removeTotp: build.mutation<null, void>({
      query: () => ({ url: "/me/totp", method: "DELETE" }),
      transformResponse: () => null,
      invalidatesTags: ["SecondFactors"],
    }),
    makeRecoveryCodes: build.mutation<{ recovery_codes: string[] }, void>({
      query: () => ({ url: "/me/recovery-codes", method: "POST" }),
      invalidatesTags: (done) => (done ? ["SecondFactors"] : []),
    }),
    addPasskey: build.mutation<AddedPasskey, { name: string }>({
      queryFn: async ({ name }, _api, _extra, fetch) => {
        const begun = await fetch({ url: "/me/passkeys/options", method: "POST" })
        if (begun.error) return { error: begun.error }
        const { challenge, options } = begun.data as { challenge: string; options: CreationOptions }
        const made = await createPasskey(options)
        if (made.error) return { error: made.error }
        const added = await fetch({ url: "/me/passkeys", method: "POST", body: { challenge, name, credential: made.data } })
        return added.error ? { error: added.error } : { data: added.data as AddedPasskey }
      },
      invalidatesTags: (done) => (done ? ["SecondFactors"] : []),
    }),
    renamePasskey: build.mutation<Passkey, { id: string; name: string }>({
      query: ({ id, name }) => ({ url: `/me/passkeys/${id}`, method: "PATCH", body: { name } }),
      invalidatesTags: ["SecondFactors"],
    }),
    removePasskey: build.mutation<null, string>({
      query: (id) => ({ url: `/me/passkeys/${id}`, method: "DELETE" }),
      transformResponse: () => null,
      invalidatesTags: ["SecondFactors"],
    }),
  }),
})

export const {
  useGetSecondFactorsQuery,
  useConfirmMeMutation,
  useSignInAgainMutation,
  useBeginTotpMutation,
  useConfirmTotpMutation,
  useRemoveTotpMutation,
  useMakeRecoveryCodesMutation,
  useAddPasskeyMutation,
  useRenamePasskeyMutation,
  useRemovePasskeyMutation,
} = securityApi

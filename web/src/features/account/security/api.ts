import { api } from "@/lib/api/api"
import { createPasskey, type CreationOptions } from "@/lib/passkeys"
import { sessionEnded } from "@/lib/session"

export interface Passkey {
  id: string
  name: string
  /** It is on more than one device of theirs, so losing one loses nothing. */
  is_backed_up: boolean
  created_at: string
  last_used_at: string | null
}

export interface SecondFactors {
  has_password: boolean
  /** The workspace asks everybody for a second step. */
  required: boolean
  totp: { confirmed_at: string } | null
  passkeys: Passkey[]
  recovery_codes_left: number
}

export interface TotpSecret {
  secret: string
  uri: string
  qr_svg: string
}

/** Null unless these are the first: then they are shown, once. */
export interface PerhapsCodes {
  recovery_codes: string[] | null
}

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
    confirmTotp: build.mutation<PerhapsCodes, { totp: string }>({
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
    addPasskey: build.mutation<PerhapsCodes & { passkey: Passkey }, { name: string }>({
      queryFn: async ({ name }, _api, _extra, fetch) => {
        const begun = await fetch({ url: "/me/passkeys/options", method: "POST" })
        if (begun.error) return { error: begun.error }
        const { challenge, options } = begun.data as { challenge: string; options: CreationOptions }
        const made = await createPasskey(options)
        if (made.error) return { error: made.error }
        const added = await fetch({ url: "/me/passkeys", method: "POST", body: { challenge, name, credential: made.data } })
        return added.error ? { error: added.error } : { data: added.data as PerhapsCodes & { passkey: Passkey } }
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

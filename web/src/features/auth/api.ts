import { api } from "@/lib/api/api"
import { restoreSession } from "@/lib/api/baseQuery"
import type { RefreshOutcome } from "@/lib/api/refresh"
import type { AuthResult, Credentials, Enrolled, NewWorkspace, OpenInvitation, SecondFactorNeeded, TotpSecret, WorkspaceDoor } from "@/lib/api/types"
import { askForPasskey, type CredentialJson, type RequestOptions } from "@/lib/passkeys"
import { signedIn, signedOut } from "@/lib/session"
import { store } from "@/lib/storage"
import type { AppDispatch } from "@/lib/store"
import { remembered } from "./remembering"
import { tellOtherTabs } from "./otherTabs"

export type SignInAnswer = AuthResult | SecondFactorNeeded

export interface SecondProof {
  challenge: string
  totp?: string
  recovery_code?: string
  passkey?: CredentialJson
}

export interface Acceptance {
  token: string
  password: string
  first_name: string
  last_name: string
}

const authApi = api.injectEndpoints({
  endpoints: (build) => ({
    getDoor: build.query<WorkspaceDoor, string>({
      query: (slug) => `/workspaces/${encodeURIComponent(slug)}`,
    }),
    signIn: build.mutation<SignInAnswer, Credentials>({
      query: (body) => ({ url: remembered("/auth/login"), method: "POST", body }),
      onQueryStarted: enterWhenDone,
    }),
    signInWithPasskey: build.mutation<AuthResult, { workspace: string }>({
      queryFn: async (workspace, _api, _extra, fetch) => {
        const begun = await fetch({ url: "/auth/passkey/options", method: "POST", body: workspace })
        if (begun.error) return { error: begun.error }
        const { challenge, options } = begun.data as { challenge: string; options: RequestOptions }
        const given = await askForPasskey(options)
        if (given.error) return { error: given.error }
        const done = await fetch({ url: remembered("/auth/passkey"), method: "POST", body: { challenge, credential: given.data } })
        return done.error ? { error: done.error } : { data: done.data as AuthResult }
      },
      onQueryStarted: enterWhenDone,
    }),
    proveSecond: build.mutation<AuthResult, SecondProof>({
      query: (body) => ({ url: remembered("/auth/second-factor"), method: "POST", body }),
      onQueryStarted: enterWhenDone,
    }),
    proveSecondWithPasskey: build.mutation<AuthResult, { challenge: string }>({
      queryFn: async ({ challenge }, _api, _extra, fetch) => {
        const begun = await fetch({ url: "/auth/second-factor/passkey", method: "POST", body: { challenge } })
        if (begun.error) return { error: begun.error }
        const given = await askForPasskey((begun.data as { options: RequestOptions }).options)
        if (given.error) return { error: given.error }
        const done = await fetch({ url: remembered("/auth/second-factor"), method: "POST", body: { challenge, passkey: given.data } })
        return done.error ? { error: done.error } : { data: done.data as AuthResult }
      },
      onQueryStarted: enterWhenDone,
    }),
    beginEnrolment: build.mutation<TotpSecret, { challenge: string }>({
      query: (body) => ({ url: "/auth/second-factor/enroll", method: "POST", body }),
    }),
    // Does not enter yet: the recovery codes are shown first, and only once.
    confirmEnrolment: build.mutation<Enrolled, { challenge: string; totp: string }>({
      query: (body) => ({ url: remembered("/auth/second-factor/enroll/confirm"), method: "POST", body }),
    }),
    createWorkspace: build.mutation<AuthResult, NewWorkspace>({
      query: (body) => ({ url: remembered("/workspaces"), method: "POST", body }),
      onQueryStarted: enterWhenDone,
    }),
    getInvitation: build.query<OpenInvitation, string>({
      query: (token) => `/invitations/${encodeURIComponent(token)}`,
      keepUnusedDataFor: 0,
    }),
    acceptInvitation: build.mutation<SignInAnswer, Acceptance>({
      query: ({ token, ...body }) => ({ url: remembered(`/invitations/${encodeURIComponent(token)}/accept`), method: "POST", body }),
      onQueryStarted: enterWhenDone,
    }),
    askForPasswordReset: build.mutation<null, { workspace: string; email: string }>({
      query: (body) => ({ url: "/auth/password-reset", method: "POST", body }),
      transformResponse: () => null,
    }),
    resetPassword: build.mutation<null, { token: string; password: string }>({
      query: (body) => ({ url: "/auth/password-reset/confirm", method: "POST", body }),
      transformResponse: () => null,
    }),
    restoreSession: build.mutation<RefreshOutcome, void>({
      queryFn: async (_, queryApi) => ({ data: await restoreSession(queryApi) }),
    }),
    signOut: build.mutation<null, void>({
      query: () => ({ url: "/auth/logout", method: "POST" }),
      transformResponse: () => null,
      onQueryStarted: async (_, { dispatch, queryFulfilled }) => {
        // Signing out must not fail: if the server is away, this browser still forgets the session's token.
        await queryFulfilled.catch(() => null)
        dispatch(signedOut())
        tellOtherTabs()
      },
    }),
  }),
})

export const {
  useGetDoorQuery,
  useSignInMutation,
  useSignInWithPasskeyMutation,
  useProveSecondMutation,
  useProveSecondWithPasskeyMutation,
  useBeginEnrolmentMutation,
  useConfirmEnrolmentMutation,
  useCreateWorkspaceMutation,
  useGetInvitationQuery,
  useAcceptInvitationMutation,
  useAskForPasswordResetMutation,
  useResetPasswordMutation,
  useRestoreSessionMutation,
  useSignOutMutation,
} = authApi

export function isSignedIn(answer: SignInAnswer): answer is AuthResult {
  return "access_token" in answer
}

/** From here on they are in. */
export function enter(dispatch: AppDispatch, auth: AuthResult): void {
  store("workspace", auth.workspace.slug)
  dispatch(signedIn(auth))
}

interface Started {
  dispatch: AppDispatch
  queryFulfilled: PromiseLike<{ data: SignInAnswer }>
}

async function enterWhenDone(_: unknown, { dispatch, queryFulfilled }: Started): Promise<void> {
  const answer = await Promise.resolve(queryFulfilled).catch(() => null)
  if (answer && isSignedIn(answer.data)) enter(dispatch, answer.data)
}

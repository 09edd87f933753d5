import { api } from "@/lib/api/api"
import { restoreSession } from "@/lib/api/baseQuery"
import type { RefreshOutcome } from "@/lib/api/refresh"
import type { AuthResult, OpenInvitation } from "@/lib/api/types"
import { signedIn, signedOut } from "@/lib/session"
import { store } from "@/lib/storage"
import { tellOtherTabs } from "./otherTabs"

export interface Credentials {
  workspace: string
  email: string
  password: string
}

export interface NewWorkspace {
  slug: string
  name: string
  owner: { email: string; password: string; first_name: string; last_name: string }
}

export interface Acceptance {
  token: string
  password: string
  first_name: string
  last_name: string
}

const authApi = api.injectEndpoints({
  endpoints: (build) => ({
    signIn: build.mutation<AuthResult, Credentials>({
      query: (body) => ({ url: "/auth/login", method: "POST", body }),
      onQueryStarted: async (_, { dispatch, queryFulfilled }) => {
        const answer = await queryFulfilled.catch(() => null)
        if (!answer) return
        store("workspace", answer.data.workspace.slug)
        dispatch(signedIn(answer.data))
      },
    }),
    createWorkspace: build.mutation<AuthResult, NewWorkspace>({
      query: (body) => ({ url: "/workspaces", method: "POST", body }),
      onQueryStarted: async (_, { dispatch, queryFulfilled }) => {
        const answer = await queryFulfilled.catch(() => null)
        if (!answer) return
        store("workspace", answer.data.workspace.slug)
        dispatch(signedIn(answer.data))
      },
    }),
    getInvitation: build.query<OpenInvitation, string>({
      query: (token) => `/invitations/${encodeURIComponent(token)}`,
      keepUnusedDataFor: 0,
    }),
    acceptInvitation: build.mutation<AuthResult, Acceptance>({
      query: ({ token, ...body }) => ({ url: `/invitations/${encodeURIComponent(token)}/accept`, method: "POST", body }),
      onQueryStarted: async (_, { dispatch, queryFulfilled }) => {
        const answer = await queryFulfilled.catch(() => null)
        if (!answer) return
        store("workspace", answer.data.workspace.slug)
        dispatch(signedIn(answer.data))
      },
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
  useSignInMutation,
  useCreateWorkspaceMutation,
  useGetInvitationQuery,
  useAcceptInvitationMutation,
  useAskForPasswordResetMutation,
  useResetPasswordMutation,
  useRestoreSessionMutation,
  useSignOutMutation,
} = authApi

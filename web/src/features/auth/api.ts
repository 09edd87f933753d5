import { api } from "@/lib/api/api"
import { restoreSession } from "@/lib/api/baseQuery"
import type { RefreshOutcome } from "@/lib/api/refresh"
import type { AuthResult } from "@/lib/api/types"
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
    restoreSession: build.mutation<RefreshOutcome, void>({
      queryFn: async (_, queryApi) => ({ data: await restoreSession(queryApi) }),
    }),
    signOut: build.mutation<null, void>({
      query: () => ({ url: "/auth/logout", method: "POST", responseHandler: "text" }),
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

export const { useSignInMutation, useCreateWorkspaceMutation, useRestoreSessionMutation, useSignOutMutation } = authApi

import { api } from "@/lib/api/api"
import { problemMessage } from "@/lib/api/problem"
import type { ProfilePatch, Session, User } from "@/lib/api/types"
import { profileChanged } from "@/lib/session"
import type { AppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"

const accountApi = api.injectEndpoints({
  endpoints: (build) => ({
    updateProfile: build.mutation<User, ProfilePatch>({
      query: (body) => ({ url: "/me", method: "PATCH", body }),
      invalidatesTags: (done) => (done ? ["People", "Members"] : []),
      onQueryStarted: showChanged,
    }),
    setAvatar: build.mutation<User, File>({
      query: (file) => ({ url: "/me/avatar", method: "PUT", body: file, headers: { "Content-Type": file.type } }),
      invalidatesTags: (done) => (done ? ["People", "Members"] : []),
      onQueryStarted: showChanged,
    }),
    removeAvatar: build.mutation<User, void>({
      query: () => ({ url: "/me/avatar", method: "DELETE" }),
      invalidatesTags: (done) => (done ? ["People", "Members"] : []),
      onQueryStarted: showChanged,
    }),
    changePassword: build.mutation<null, { current_password: string; new_password: string }>({
      query: (body) => ({ url: "/me/password", method: "POST", body }),
      transformResponse: () => null,
      invalidatesTags: (_, failure) => (failure ? [] : ["Sessions"]),
    }),
    getSessions: build.query<Session[], void>({
      query: () => "/me/sessions",
      transformResponse: ({ items }: { items: Session[] }) => items,
      providesTags: ["Sessions"],
    }),
    endSession: build.mutation<null, Session>({
      query: ({ id }) => ({ url: `/me/sessions/${id}`, method: "DELETE" }),
      transformResponse: () => null,
      onQueryStarted: ({ id }, { dispatch, queryFulfilled }) => hideUntilDone(dispatch, queryFulfilled, (one) => one.id !== id),
    }),
    endOtherSessions: build.mutation<null, void>({
      query: () => ({ url: "/me/sessions", method: "DELETE" }),
      transformResponse: () => null,
      onQueryStarted: (_, { dispatch, queryFulfilled }) => hideUntilDone(dispatch, queryFulfilled, (one) => one.is_current),
    }),
  }),
})

export const {
  useUpdateProfileMutation,
  useSetAvatarMutation,
  useRemoveAvatarMutation,
  useChangePasswordMutation,
  useGetSessionsQuery,
  useEndSessionMutation,
  useEndOtherSessionsMutation,
} = accountApi

async function showChanged(_: unknown, { dispatch, queryFulfilled }: { dispatch: AppDispatch; queryFulfilled: PromiseLike<{ data: User }> }) {
  const answer = await Promise.resolve(queryFulfilled).catch(() => null)
  if (answer) dispatch(profileChanged(answer.data))
}

async function hideUntilDone(dispatch: AppDispatch, done: PromiseLike<unknown>, keep: (session: Session) => boolean): Promise<void> {
  const patch = dispatch(accountApi.util.updateQueryData("getSessions", undefined, (sessions) => sessions.filter(keep)))
  try {
    await done
  } catch (failure) {
    patch.undo()
    dispatch(showToast(problemMessage((failure as { error?: unknown }).error), { tone: "danger" }))
    // Perhaps it had ended already.
    dispatch(api.util.invalidateTags(["Sessions"]))
  }
}

import { api } from "@/lib/api/api"
import { problemMessage } from "@/lib/api/problem"
import type { Session, User } from "@/lib/api/types"
import { profileChanged } from "@/lib/session"
import type { AppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"

export type ProfilePatch = Partial<Pick<User, "first_name" | "last_name" | "time_zone">>

const accountApi = api.injectEndpoints({
  endpoints: (build) => ({
    updateProfile: build.mutation<User, ProfilePatch>({
      query: (body) => ({ url: "/me", method: "PATCH", body }),
      invalidatesTags: (done) => (done ? ["People", "Members"] : []),
      onQueryStarted: async (_, { dispatch, queryFulfilled }) => {
        const answer = await queryFulfilled.catch(() => null)
        if (answer) dispatch(profileChanged(answer.data))
      },
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
  useChangePasswordMutation,
  useGetSessionsQuery,
  useEndSessionMutation,
  useEndOtherSessionsMutation,
} = accountApi

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

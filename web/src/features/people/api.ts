import { api } from "@/lib/api/api"
import { fetchAllPages } from "@/lib/api/pages"
import { isConflict, problemMessage } from "@/lib/api/problem"
import type { Invitation, Role, User } from "@/lib/api/types"
import { fullName } from "@/lib/people"
import type { AppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import type { RoleChoice } from "./roleChoices"

export interface NewPerson {
  id: string
  email: string
  first_name: string
  last_name: string
  role: Role
}

const peopleApi = api.injectEndpoints({
  endpoints: (build) => ({
    getPeople: build.query<User[], void>({
      queryFn: (_, _api, _extra, fetch) => fetchAllPages<User>(fetch, "/users"),
      providesTags: ["People"],
    }),
    invitePerson: build.mutation<Invitation, NewPerson>({
      query: (body) => ({ url: "/users", method: "POST", body }),
      onQueryStarted: async (_, { dispatch, queryFulfilled }) => {
        const answer = await queryFulfilled.catch(() => null)
        if (answer) showPerson(dispatch, answer.data.user)
      },
    }),
    inviteAgain: build.mutation<Invitation, { id: string; email?: string }>({
      query: ({ id, ...body }) => ({ url: `/users/${id}/invite`, method: "POST", body }),
      // Refused because they have accepted meanwhile: show how things are now.
      invalidatesTags: (_, failure) => (isConflict(failure) ? ["People"] : []),
      onQueryStarted: async (_, { dispatch, queryFulfilled }) => {
        const answer = await queryFulfilled.catch(() => null)
        if (answer) showPerson(dispatch, answer.data.user)
      },
    }),
    changeRole: build.mutation<User, { person: User; choice: RoleChoice }>({
      query: ({ person, choice }) => ({ url: `/users/${person.id}/role`, method: "PUT", body: { ...choice, version: person.version } }),
      invalidatesTags: (done) => (done ? ["Roles"] : []),
      onQueryStarted: (_, { dispatch, queryFulfilled }) => showOrExplain(dispatch, queryFulfilled),
    }),
    setActive: build.mutation<User, { id: string; active: boolean }>({
      query: ({ id, active }) => ({ url: `/users/${id}/${active ? "activate" : "deactivate"}`, method: "POST" }),
      onQueryStarted: (_, { dispatch, queryFulfilled }) => showOrExplain(dispatch, queryFulfilled),
    }),
    deletePerson: build.mutation<null, User>({
      query: ({ id }) => ({ url: `/users/${id}`, method: "DELETE" }),
      transformResponse: () => null,
      invalidatesTags: (_, failure) => (failure ? [] : ["Members"]),
      onQueryStarted: async ({ id }, { dispatch, queryFulfilled }) => {
        try {
          await queryFulfilled
          dispatch(peopleApi.util.updateQueryData("getPeople", undefined, (people) => people.filter((one) => one.id !== id)))
        } catch (failure) {
          explain(dispatch, failure)
        }
      },
    }),
  }),
})

export const {
  useGetPeopleQuery,
  useInvitePersonMutation,
  useInviteAgainMutation,
  useChangeRoleMutation,
  useSetActiveMutation,
  useDeletePersonMutation,
} = peopleApi

function showPerson(dispatch: AppDispatch, person: User): void {
  dispatch(
    peopleApi.util.updateQueryData("getPeople", undefined, (people) =>
      [...people.filter(({ id }) => id !== person.id), person].sort((one, other) => fullName(one).localeCompare(fullName(other))),
    ),
  )
}

async function showOrExplain(dispatch: AppDispatch, queryFulfilled: PromiseLike<{ data: User }>): Promise<void> {
  try {
    showPerson(dispatch, (await queryFulfilled).data)
  } catch (failure) {
    explain(dispatch, failure)
  }
}

function explain(dispatch: AppDispatch, failure: unknown): void {
  const problem = (failure as { error?: unknown }).error
  dispatch(showToast(problemMessage(problem), { tone: "danger" }))
  if (isConflict(problem)) dispatch(api.util.invalidateTags(["People"]))
}

import { api } from "@/lib/api/api"
import { fetchAllPages } from "@/lib/api/pages"
import { isConflict, problemMessage } from "@/lib/api/problem"
import type { Team, User } from "@/lib/api/types"
import { fullName } from "@/lib/people"
import type { AppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"

interface InTeam {
  teamId: string
  person: User
}

const teamsApi = api.injectEndpoints({
  endpoints: (build) => ({
    getTeams: build.query<Team[], void>({
      queryFn: (_, _api, _extra, fetch) => fetchAllPages<Team>(fetch, "/teams"),
      providesTags: ["Teams"],
    }),
    createTeam: build.mutation<Team, { id: string; name: string }>({
      query: (body) => ({ url: "/teams", method: "POST", body }),
      invalidatesTags: (done) => (done ? ["Teams"] : []),
    }),
    renameTeam: build.mutation<Team, { team: Team; name: string }>({
      query: ({ team, name }) => ({ url: `/teams/${team.id}`, method: "PATCH", body: { name, version: team.version } }),
      // Refused because somebody else renamed it meanwhile: show what it is called now.
      invalidatesTags: (done, failure) => (done || isConflict(failure) ? ["Teams"] : []),
    }),
    deleteTeam: build.mutation<null, string>({
      query: (id) => ({ url: `/teams/${id}`, method: "DELETE" }),
      transformResponse: () => null,
      invalidatesTags: ["Teams"],
    }),
    getTeamMembers: build.query<User[], string>({
      queryFn: (id, _api, _extra, fetch) => fetchAllPages<User>(fetch, `/teams/${encodeURIComponent(id)}/members`),
      providesTags: ["TeamMembers"],
    }),
    addToTeam: build.mutation<null, InTeam>({
      query: ({ teamId, person }) => ({ url: `/teams/${teamId}/members/${person.id}`, method: "PUT" }),
      transformResponse: () => null,
      invalidatesTags: ["Teams"],
      onQueryStarted: ({ teamId, person }, { dispatch, queryFulfilled }) =>
        showUntilRefused(dispatch, queryFulfilled, teamId, (members) =>
          [...members.filter(({ id }) => id !== person.id), person].sort((one, other) => fullName(one).localeCompare(fullName(other))),
        ),
    }),
    removeFromTeam: build.mutation<null, InTeam>({
      query: ({ teamId, person }) => ({ url: `/teams/${teamId}/members/${person.id}`, method: "DELETE" }),
      transformResponse: () => null,
      invalidatesTags: ["Teams"],
      onQueryStarted: ({ teamId, person }, { dispatch, queryFulfilled }) =>
        showUntilRefused(dispatch, queryFulfilled, teamId, (members) => members.filter(({ id }) => id !== person.id)),
    }),
  }),
})

export const {
  useGetTeamsQuery,
  useCreateTeamMutation,
  useRenameTeamMutation,
  useDeleteTeamMutation,
  useGetTeamMembersQuery,
  useAddToTeamMutation,
  useRemoveFromTeamMutation,
} = teamsApi

async function showUntilRefused(
  dispatch: AppDispatch,
  done: PromiseLike<unknown>,
  teamId: string,
  change: (members: User[]) => User[],
): Promise<void> {
  const patch = dispatch(teamsApi.util.updateQueryData("getTeamMembers", teamId, change))
  try {
    await done
  } catch (failure) {
    patch.undo()
    dispatch(showToast(problemMessage((failure as { error?: unknown }).error), { tone: "danger" }))
    dispatch(api.util.invalidateTags(["TeamMembers"]))
  }
}

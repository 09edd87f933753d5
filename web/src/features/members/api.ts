import { api } from "@/lib/api/api"
import { problemMessage } from "@/lib/api/problem"
import type { Member, ProjectRole, User } from "@/lib/api/types"
import { fullName } from "@/lib/people"
import type { AppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"

interface InProject {
  projectId: string
  user: User
}

const membersApi = api.injectEndpoints({
  endpoints: (build) => ({
    getMembers: build.query<Member[], string>({
      query: (projectId) => `/projects/${encodeURIComponent(projectId)}/members`,
      transformResponse: ({ items }: { items: Member[] }) => items,
      providesTags: ["Members"],
    }),
    /** Adds somebody, or changes what they are in the project. */
    setMember: build.mutation<Member, InProject & { role: ProjectRole }>({
      query: ({ projectId, user, role }) => ({ url: `/projects/${projectId}/members/${user.id}`, method: "PUT", body: { role } }),
      onQueryStarted: ({ projectId, user, role }, { dispatch, queryFulfilled }) =>
        showUntilRefused(dispatch, queryFulfilled, projectId, (members) => {
          const known = members.find((member) => member.user.id === user.id)
          if (known) known.role = role
          else members.push({ user, role, created_at: new Date().toISOString() })
          return members.sort((one, other) => fullName(one.user).localeCompare(fullName(other.user)))
        }),
    }),
    removeMember: build.mutation<null, InProject>({
      query: ({ projectId, user }) => ({ url: `/projects/${projectId}/members/${user.id}`, method: "DELETE" }),
      transformResponse: () => null,
      onQueryStarted: ({ projectId, user }, { dispatch, queryFulfilled }) =>
        showUntilRefused(dispatch, queryFulfilled, projectId, (members) => members.filter((member) => member.user.id !== user.id)),
    }),
  }),
})

export const { useGetMembersQuery, useSetMemberMutation, useRemoveMemberMutation } = membersApi

async function showUntilRefused(
  dispatch: AppDispatch,
  done: PromiseLike<unknown>,
  projectId: string,
  change: (members: Member[]) => Member[] | undefined,
): Promise<void> {
  const patch = dispatch(membersApi.util.updateQueryData("getMembers", projectId, change))
  try {
    await done
  } catch (failure) {
    patch.undo()
    dispatch(showToast(problemMessage((failure as { error?: unknown }).error), { tone: "danger" }))
    dispatch(api.util.invalidateTags(["Members"]))
  }
}

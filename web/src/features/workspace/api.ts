import { api } from "@/lib/api/api"
import type { WorkspacePatch, WorkspaceSettings } from "@/lib/api/types"
import { workspaceRenamed } from "@/lib/session"

const workspaceApi = api.injectEndpoints({
  endpoints: (build) => ({
    getWorkspace: build.query<WorkspaceSettings, void>({
      query: () => "/workspace",
      providesTags: ["Workspace"],
    }),
    updateWorkspace: build.mutation<WorkspaceSettings, WorkspacePatch>({
      query: (body) => ({ url: "/workspace", method: "PATCH", body }),
      // Refused because somebody else changed it meanwhile: show how it is now.
      invalidatesTags: (_, failure) => (failure ? ["Workspace"] : []),
      onQueryStarted: async (_, { dispatch, queryFulfilled }) => {
        const answer = await queryFulfilled.catch(() => null)
        if (!answer) return
        dispatch(workspaceApi.util.updateQueryData("getWorkspace", undefined, () => answer.data))
        dispatch(workspaceRenamed(answer.data.name))
      },
    }),
  }),
})

export const { useGetWorkspaceQuery, useUpdateWorkspaceMutation } = workspaceApi

import { api } from "@/lib/api/api"
import { workspaceRenamed } from "@/lib/session"

export interface WorkspaceSettings {
  id: string
  slug: string
  name: string
  plan_type: string
  created_at: string
  require_second_factor: boolean
  require_sso: boolean
  /** Null: events are kept for ever. */
  audit_retention_days: number | null
  version: number
}

export type WorkspacePatch = Partial<
  Pick<WorkspaceSettings, "name" | "require_second_factor" | "require_sso" | "audit_retention_days" | "version">
>

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

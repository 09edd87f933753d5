import { api } from "@/lib/api/api"
import { fetchAllPages } from "@/lib/api/pages"
import type { components } from "@/lib/api/schema"
import type { Project, ProjectSummary, User } from "@/lib/api/types"

export type DeletedProject = components["schemas"]["DeletedProject"]

// The local store follows by itself: these lists alone are RTK Query's.
const dangerApi = api.enhanceEndpoints({ addTagTypes: ["PutAway"] }).injectEndpoints({
  endpoints: (build) => ({
    getArchivedProjects: build.query<ProjectSummary[], void>({
      queryFn: (_, _api, _extra, fetch) => fetchAllPages<ProjectSummary>(fetch, "/projects", { status: "archived" }),
      providesTags: ["PutAway"],
    }),
    getDeletedProjects: build.query<DeletedProject[], void>({
      queryFn: (_, _api, _extra, fetch) => fetchAllPages<DeletedProject>(fetch, "/projects/trash"),
      providesTags: ["PutAway"],
    }),
    archiveProject: build.mutation<Project, string>({
      query: (id) => ({ url: `/projects/${id}/archive`, method: "POST" }),
      invalidatesTags: ["PutAway"],
    }),
    unarchiveProject: build.mutation<Project, string>({
      query: (id) => ({ url: `/projects/${id}/unarchive`, method: "POST" }),
      invalidatesTags: ["PutAway"],
    }),
    deleteProject: build.mutation<null, string>({
      query: (id) => ({ url: `/projects/${id}`, method: "DELETE" }),
      transformResponse: () => null,
      invalidatesTags: ["PutAway"],
    }),
    restoreProject: build.mutation<Project, string>({
      query: (id) => ({ url: `/projects/${id}/restore`, method: "POST" }),
      invalidatesTags: ["PutAway"],
    }),
    giveProject: build.mutation<Project, { projectId: string; userId: string }>({
      query: ({ projectId, userId }) => ({ url: `/projects/${projectId}/owner`, method: "PUT", body: { user_id: userId } }),
    }),
    /** Makes somebody an owner, and oneself an admin where that is wanted. There is an owner at every moment. */
    handOver: build.mutation<null, { to: User; me: User; stepDown: boolean }>({
      queryFn: async ({ to, me, stepDown }, _api, _extra, fetch) => {
        const owner = await fetch({ url: `/users/${to.id}/role`, method: "PUT", body: { role: "owner", version: to.version } })
        if (owner.error) return { error: owner.error }
        if (!stepDown) return { data: null }
        const admin = await fetch({ url: `/users/${me.id}/role`, method: "PUT", body: { role: "admin" } })
        return admin.error ? { error: admin.error } : { data: null }
      },
      invalidatesTags: ["People"],
    }),
  }),
})

export const {
  useGetArchivedProjectsQuery,
  useGetDeletedProjectsQuery,
  useArchiveProjectMutation,
  useUnarchiveProjectMutation,
  useDeleteProjectMutation,
  useRestoreProjectMutation,
  useGiveProjectMutation,
  useHandOverMutation,
} = dangerApi

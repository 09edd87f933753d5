import { api } from "@/lib/api/api"
import { fetchAllPages } from "@/lib/api/pages"
import type { Project, ProjectDetails, ProjectSummary } from "@/lib/api/types"

export interface NewProject {
  id: string
  name: string
  key?: string
  description?: string
}

const projectsApi = api.injectEndpoints({
  endpoints: (build) => ({
    getProjects: build.query<ProjectSummary[], void>({
      queryFn: (_, _api, _extra, fetch) => fetchAllPages<ProjectSummary>(fetch, "/projects", { status: "active" }),
      providesTags: [{ type: "Project", id: "LIST" }],
    }),
    getProject: build.query<ProjectDetails, string>({
      query: (id) => `/projects/${encodeURIComponent(id)}`,
      providesTags: (_, __, id) => [{ type: "Project", id }],
    }),
    createProject: build.mutation<Project, NewProject>({
      query: (body) => ({ url: "/projects", method: "POST", body }),
      invalidatesTags: (project) => (project ? [{ type: "Project", id: "LIST" }] : []),
    }),
  }),
})

export const { useGetProjectsQuery, useGetProjectQuery, useCreateProjectMutation } = projectsApi

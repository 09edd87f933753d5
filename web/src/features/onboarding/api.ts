import { api } from "@/lib/api/api"
import type { Project } from "@/lib/api/types"

const onboardingApi = api.injectEndpoints({
  endpoints: (build) => ({
    createSample: build.mutation<Project, void>({
      query: () => ({ url: "/projects/sample", method: "POST" }),
      invalidatesTags: (done) => (done ? [{ type: "Project", id: "LIST" }, "Tags"] : []),
    }),
  }),
})

export const { useCreateSampleMutation } = onboardingApi

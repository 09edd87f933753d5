import { api } from "@/lib/api/api"
import { fetchAllPages } from "@/lib/api/pages"
import type { User } from "@/lib/api/types"

const peopleApi = api.injectEndpoints({
  endpoints: (build) => ({
    getPeople: build.query<User[], void>({
      queryFn: (_, _api, _extra, fetch) => fetchAllPages<User>(fetch, "/users"),
      providesTags: ["People"],
    }),
  }),
})

export const { useGetPeopleQuery } = peopleApi

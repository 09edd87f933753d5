import { api } from "@/lib/api/api"
import { fetchAllPages } from "@/lib/api/pages"
import type { PersonDays, PersonLoad } from "@/lib/api/types"

interface Weeks {
  projectId: string
  /** Weeks as in "2026-W48", the last one too. */
  since: string
  until: string
}

const workloadApi = api.injectEndpoints({
  endpoints: (build) => ({
    getUtilisation: build.query<PersonLoad[], Weeks>({
      queryFn: ({ projectId, since, until }, _api, _extra, fetch) =>
        fetchAllPages<PersonLoad>(fetch, `/projects/${encodeURIComponent(projectId)}/utilisation`, { since, until }),
      providesTags: ["Utilisation"],
    }),
    getDays: build.query<PersonDays, { personId: string; since: string; until: string }>({
      query: ({ personId, since, until }) => ({ url: `/users/${encodeURIComponent(personId)}/load`, params: { since, until } }),
      providesTags: ["Utilisation"],
    }),
  }),
})

export const { useGetUtilisationQuery, useGetDaysQuery } = workloadApi

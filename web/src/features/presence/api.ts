import { api } from "@/lib/api/api"
import type { Place, Present } from "@/lib/sync/watching"

const presenceApi = api.injectEndpoints({
  endpoints: (build) => ({
    bePresent: build.mutation<null, Place & { doing: Present["doing"] }>({
      query: (body) => ({ url: "/presence", method: "PUT", body }),
      transformResponse: () => null,
      extraOptions: { quiet: true },
    }),
    leave: build.mutation<null, Place>({
      query: (params) => ({ url: "/presence", method: "DELETE", params }),
      transformResponse: () => null,
      extraOptions: { quiet: true },
    }),
  }),
})

export const { useBePresentMutation, useLeaveMutation } = presenceApi

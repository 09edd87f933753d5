import { api } from "@/lib/api/api"
import type { Import, Page } from "@/lib/api/types"

const importsApi = api.injectEndpoints({
  endpoints: (build) => ({
    getImports: build.query<Import[], void>({
      query: () => "/imports?limit=20",
      transformResponse: ({ items }: Page<Import>) => items,
      providesTags: ["Import"],
    }),
    getImport: build.query<Import, string>({
      query: (id) => `/imports/${encodeURIComponent(id)}`,
      providesTags: (_, __, id) => [{ type: "Import", id }],
    }),
    startTrelloImport: build.mutation<Import, File>({
      query: (file) => ({
        url: `/imports/trello?${new URLSearchParams({ file_name: file.name })}`,
        method: "POST",
        headers: { "Content-Type": "application/json" },
        // The file as it is: parsing and re-writing 20 MB here would only cost time and memory.
        body: file,
        timeout: 180_000,
      }),
      invalidatesTags: (done) => (done ? ["Import"] : []),
    }),
  }),
})

export const { useGetImportsQuery, useGetImportQuery, useStartTrelloImportMutation } = importsApi

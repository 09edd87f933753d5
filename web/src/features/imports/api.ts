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
        // The file as it is: parsing and re-writing 20 MB here would only cost time and memory. A slice of all of it
        // carries the type, which the browser would else guess from the file's name.
        body: file.slice(0, file.size, "application/json"),
        timeout: 180_000,
      }),
      invalidatesTags: (done) => (done ? ["Import"] : []),
    }),
  }),
})

export const { useGetImportsQuery, useGetImportQuery, useStartTrelloImportMutation } = importsApi

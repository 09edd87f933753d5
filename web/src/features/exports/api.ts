import type { FetchArgs } from "@reduxjs/toolkit/query"
import { api } from "@/lib/api/api"
import type { components } from "@/lib/api/schema"
import type { Page } from "@/lib/api/types"
import { saveFile } from "@/lib/saveFile"

export type Export = components["schemas"]["Export"]
export type TableFormat = "csv" | "xlsx"

// A whole workspace with its files takes a while to come over.
const DOWNLOAD_TIMEOUT = 60 * 60_000

interface Saved {
  request: FetchArgs
  fileName: string
}

const exportsApi = api.enhanceEndpoints({ addTagTypes: ["Exports"] }).injectEndpoints({
  endpoints: (build) => ({
    getExports: build.query<Export[], void>({
      query: () => "/exports?limit=50",
      transformResponse: ({ items }: Page<Export>) => items,
      providesTags: ["Exports"],
    }),
    startExport: build.mutation<Export, { projectId: string | null }>({
      query: ({ projectId }) => ({ url: projectId ? `/projects/${projectId}/export` : "/workspace/export", method: "POST" }),
      invalidatesTags: (done) => (done ? ["Exports"] : []),
    }),
    deleteExport: build.mutation<null, string>({
      query: (id) => ({ url: `/exports/${id}`, method: "DELETE" }),
      transformResponse: () => null,
      // Refused: perhaps it was deleted already.
      invalidatesTags: ["Exports"],
    }),
    /** Saves a file. It is fetched and not linked to, because the access token is in no cookie. */
    saveAnswer: build.mutation<null, Saved>({
      queryFn: async ({ request, fileName }, _api, _extra, fetch) => {
        const { data, error } = await fetch({
          ...request,
          timeout: DOWNLOAD_TIMEOUT,
          responseHandler: (response) => (response.ok ? response.blob() : response.json()),
        })
        if (error) return { error }
        saveFile(data as Blob, fileName)
        return { data: null }
      },
    }),
  }),
})

export const { useGetExportsQuery, useStartExportMutation, useDeleteExportMutation, useSaveAnswerMutation } = exportsApi

/** A finished export's file. */
export function archiveOf(made: Export, name: string): Saved {
  return { request: { url: `/exports/${made.id}/file` }, fileName: `${name}-${made.created_at.slice(0, 10)}.zip` }
}

/** A project's tasks as a table. */
export function tableOf(project: { key: string }, format: TableFormat): Saved {
  return { request: { url: "/tasks/export", params: { query: `project:${project.key}`, format } }, fileName: `${project.key}-tasks.${format}` }
}

/** A project's plan, for Microsoft Project and its like. */
export function planOf(project: { id: string; key: string }): Saved {
  return { request: { url: `/projects/${project.id}/msproject` }, fileName: `${project.key}.xml` }
}

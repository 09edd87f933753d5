import { api } from "@/lib/api/api"
import type { AuditEvent, Page } from "@/lib/api/types"
import { toParams, type AuditFilters } from "./auditFilters"
import { saveFile } from "@/lib/saveFile"

export type ExportFormat = "csv" | "ndjson"

// A hundred thousand events take a while to read.
const EXPORT_TIMEOUT = 15 * 60_000

const auditApi = api.injectEndpoints({
  endpoints: (build) => ({
    getAudit: build.infiniteQuery<Page<AuditEvent>, AuditFilters, string | null>({
      infiniteQueryOptions: {
        initialPageParam: null,
        getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
      },
      query: ({ queryArg: filters, pageParam: cursor }) => ({
        url: "/audit",
        params: { ...toParams(filters), limit: 50, ...(cursor && { cursor }) },
      }),
      providesTags: ["Audit"],
    }),
    /** Saves the events as a file. It is fetched and not linked to, because the access token is in no cookie. */
    exportAudit: build.mutation<null, { filters: AuditFilters; format: ExportFormat; fileName: string }>({
      queryFn: async ({ filters, format, fileName }, _api, _extra, fetch) => {
        const { data, error } = await fetch({
          url: "/audit/export",
          params: { ...toParams(filters), format },
          timeout: EXPORT_TIMEOUT,
          responseHandler: (response) => (response.ok ? response.blob() : response.json()),
        })
        if (error) return { error }
        saveFile(data as Blob, fileName)
        return { data: null }
      },
      // The export is an event itself.
      invalidatesTags: (done) => (done === null ? ["Audit"] : []),
    }),
  }),
})

export const { useGetAuditInfiniteQuery, useExportAuditMutation } = auditApi

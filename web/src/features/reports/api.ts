import { api } from "@/lib/api/api"
import { fetchAllPages } from "@/lib/api/pages"
import type { AskedReport, NewReport, Report, ReportPatch, ReportResult } from "@/lib/api/types"
import { saveFile } from "@/lib/saveFile"

export type FileFormat = "csv" | "xlsx" | "pdf"

// A report may count for ten seconds; drawing a long one on paper takes its own time.
const FILE_TIMEOUT = 2 * 60_000

const reportsApi = api.enhanceEndpoints({ addTagTypes: ["Reports"] }).injectEndpoints({
  endpoints: (build) => ({
    getReports: build.query<Report[], void>({
      queryFn: (_, _api, _extra, fetch) => fetchAllPages<Report>(fetch, "/reports"),
      providesTags: ["Reports"],
    }),
    getReport: build.query<Report, string>({
      query: (id) => `/reports/${encodeURIComponent(id)}`,
      providesTags: ["Reports"],
    }),
    getReportResult: build.query<ReportResult, string>({
      query: (id) => `/reports/${encodeURIComponent(id)}/result`,
      providesTags: ["Reports"],
    }),
    /** What a report that is not kept comes to. */
    runReport: build.query<ReportResult, AskedReport>({
      query: (body) => ({ url: "/reports/run", method: "POST", body }),
      keepUnusedDataFor: 30,
    }),
    createReport: build.mutation<Report, NewReport>({
      query: (body) => ({ url: "/reports", method: "POST", body }),
      invalidatesTags: (done) => (done ? ["Reports"] : []),
    }),
    changeReport: build.mutation<Report, { id: string; version: number; change: ReportPatch }>({
      query: ({ id, version, change }) => ({
        url: `/reports/${encodeURIComponent(id)}`,
        method: "PATCH",
        body: change,
        headers: { "If-Match": `"${version}"` },
      }),
      invalidatesTags: (done) => (done ? ["Reports"] : []),
    }),
    deleteReport: build.mutation<null, Report>({
      query: ({ id }) => ({ url: `/reports/${encodeURIComponent(id)}`, method: "DELETE" }),
      transformResponse: () => null,
      // The page of it is left at once: its own queries must not be asked again, so they are not invalidated here.
      onQueryStarted: ({ id }, { dispatch, queryFulfilled }) =>
        queryFulfilled.then(
          () => void dispatch(reportsApi.util.updateQueryData("getReports", undefined, (list) => list.filter((one) => one.id !== id))),
          () => undefined,
        ),
    }),
    leaveReport: build.mutation<null, string>({
      query: (id) => ({ url: `/reports/${encodeURIComponent(id)}/recipients/me`, method: "DELETE" }),
      transformResponse: () => null,
      invalidatesTags: (done) => (done === null ? ["Reports"] : []),
    }),
    /** Saves what a report comes to now. It is fetched and not linked to, because the access token is in no cookie. */
    saveReportFile: build.mutation<null, { id: string; format: FileFormat | "json"; fileName: string }>({
      queryFn: async ({ id, format, fileName }, _api, _extra, fetch) => {
        const of = `/reports/${encodeURIComponent(id)}`
        const { data, error } = await fetch(
          format === "json"
            ? { url: `${of}/result`, timeout: FILE_TIMEOUT }
            : {
                url: `${of}/file`,
                params: { format },
                timeout: FILE_TIMEOUT,
                responseHandler: (response) => (response.ok ? response.blob() : response.json()),
              },
        )
        if (error) return { error }
        saveFile(format === "json" ? new Blob([JSON.stringify(data, null, 2)], { type: "application/json" }) : (data as Blob), fileName)
        return { data: null }
      },
    }),
  }),
})

export const {
  useGetReportsQuery,
  useGetReportQuery,
  useGetReportResultQuery,
  useRunReportQuery,
  useCreateReportMutation,
  useChangeReportMutation,
  useDeleteReportMutation,
  useLeaveReportMutation,
  useSaveReportFileMutation,
} = reportsApi

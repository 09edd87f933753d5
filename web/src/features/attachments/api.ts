import { api } from "@/lib/api/api"
import type { Attachment } from "@/lib/api/types"

const attachmentsApi = api.injectEndpoints({
  endpoints: (build) => ({
    getAttachments: build.query<Attachment[], string>({
      query: (taskId) => `/tasks/${encodeURIComponent(taskId)}/attachments`,
      transformResponse: ({ items }: { items: Attachment[] }) => items,
      providesTags: (_result, _error, taskId) => [{ type: "Attachments", id: taskId }],
    }),
    attachFile: build.mutation<Attachment, { taskId: string; file: File }>({
      query: ({ taskId, file }) => ({
        url: `/tasks/${encodeURIComponent(taskId)}/files?name=${encodeURIComponent(file.name)}`,
        method: "POST",
        body: file,
        headers: { "Content-Type": file.type || "application/octet-stream" },
      }),
      invalidatesTags: (_result, error, { taskId }) => (error ? [] : [{ type: "Attachments", id: taskId }, "Activity"]),
    }),
    deleteAttachment: build.mutation<undefined, Attachment>({
      query: ({ id }) => ({ url: `/attachments/${id}`, method: "DELETE" }),
      invalidatesTags: (_result, error, { task_id }) => (error ? [] : [{ type: "Attachments", id: task_id }, "Activity"]),
    }),
    restoreAttachment: build.mutation<Attachment, Attachment>({
      query: ({ id }) => ({ url: `/attachments/${id}/restore`, method: "POST" }),
      invalidatesTags: (_result, error, { task_id }) => (error ? [] : [{ type: "Attachments", id: task_id }, "Activity"]),
    }),
  }),
})

export const {
  useGetAttachmentsQuery,
  useAttachFileMutation,
  useDeleteAttachmentMutation,
  useRestoreAttachmentMutation,
} = attachmentsApi

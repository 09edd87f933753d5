import { api } from "@/lib/api/api"
import type { Attachment } from "@/lib/api/types"

const attachmentsApi = api.injectEndpoints({
  endpoints: (build) => ({
    getAttachments: build.query<Attachment[], string>({
      query: (taskId) => `/tasks/${encodeURIComponent(taskId)}/attachments`,
      transformResponse: ({ items }: { items: Attachment[] }) => items,
    }),
  }),
})

export const { useGetAttachmentsQuery } = attachmentsApi

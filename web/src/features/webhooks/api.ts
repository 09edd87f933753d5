import { api } from "@/lib/api/api"
import type { Page } from "@/lib/api/types"
import type { components } from "@/lib/api/schema"

export type Webhook = components["schemas"]["Webhook"]
export type Delivery = components["schemas"]["Delivery"]
export type WebhookForm = Pick<Webhook, "name" | "url" | "event_types">
/** The secret is in the answer that made it, and in no other. */
export type MadeWebhook = components["schemas"]["MadeWebhook"]

interface Change extends Partial<WebhookForm> {
  id: string
  version: number
  is_active?: boolean
}

const webhooksApi = api.enhanceEndpoints({ addTagTypes: ["Webhooks", "Deliveries"] }).injectEndpoints({
  endpoints: (build) => ({
    getWebhooks: build.query<Webhook[], void>({
      query: () => "/webhooks",
      transformResponse: ({ items }: { items: Webhook[] }) => items,
      providesTags: ["Webhooks"],
    }),
    getWebhook: build.query<Webhook, string>({
      query: (id) => `/webhooks/${encodeURIComponent(id)}`,
      providesTags: ["Webhooks"],
    }),
    createWebhook: build.mutation<MadeWebhook, WebhookForm>({
      query: (body) => ({ url: "/webhooks", method: "POST", body }),
      invalidatesTags: (done) => (done ? ["Webhooks"] : []),
    }),
    updateWebhook: build.mutation<Webhook, Change>({
      query: ({ id, ...body }) => ({ url: `/webhooks/${id}`, method: "PATCH", body }),
      // Refused because somebody else changed it meanwhile: show how it is now.
      invalidatesTags: ["Webhooks"],
    }),
    rotateSecret: build.mutation<MadeWebhook, Pick<Webhook, "id" | "version">>({
      query: ({ id, version }) => ({ url: `/webhooks/${id}/secret`, method: "POST", headers: { "If-Match": `"${version}"` } }),
      invalidatesTags: ["Webhooks"],
    }),
    deleteWebhook: build.mutation<null, string>({
      query: (id) => ({ url: `/webhooks/${id}`, method: "DELETE" }),
      transformResponse: () => null,
      invalidatesTags: ["Webhooks"],
    }),
    getDeliveries: build.infiniteQuery<Page<Delivery>, string, string | null>({
      infiniteQueryOptions: {
        initialPageParam: null,
        getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
      },
      query: ({ queryArg: id, pageParam: cursor }) => ({
        url: `/webhooks/${encodeURIComponent(id)}/deliveries`,
        params: { limit: 25, ...(cursor && { cursor }) },
      }),
      providesTags: ["Deliveries"],
    }),
    redeliver: build.mutation<Delivery, { webhookId: string; id: string }>({
      query: ({ webhookId, id }) => ({ url: `/webhooks/${webhookId}/deliveries/${id}/redeliver`, method: "POST" }),
      invalidatesTags: ["Deliveries"],
    }),
  }),
})

export const {
  useGetWebhooksQuery,
  useGetWebhookQuery,
  useCreateWebhookMutation,
  useUpdateWebhookMutation,
  useRotateSecretMutation,
  useDeleteWebhookMutation,
  useGetDeliveriesInfiniteQuery,
  useRedeliverMutation,
} = webhooksApi

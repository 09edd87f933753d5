import { api } from "@/lib/api/api"
import { problemMessage } from "@/lib/api/problem"
import type { Notification, NotificationKind, NotificationRules, Page } from "@/lib/api/types"
import type { AppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { isShown, isSnoozed, toParams, type InboxFilters } from "./inboxFilters"

export interface NotificationChange {
  is_read?: boolean
  is_archived?: boolean
  snoozed_until?: string | null
}

interface ReadAll {
  up_to: string
  project_id?: string
  kind?: NotificationKind
}

const inboxApi = api.injectEndpoints({
  endpoints: (build) => ({
    getNotifications: build.infiniteQuery<Page<Notification>, InboxFilters, string | null>({
      infiniteQueryOptions: {
        initialPageParam: null,
        getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
      },
      query: ({ queryArg: filters, pageParam: cursor }) => ({
        url: "/notifications",
        params: { ...toParams(filters), limit: 50, ...(cursor && { cursor }) },
      }),
      providesTags: ["Notifications"],
    }),
    getUnreadCount: build.query<number, void>({
      query: () => "/notifications/unread-count",
      transformResponse: ({ unread }: { unread: number }) => unread,
      providesTags: ["Notifications"],
    }),
    /** Shown at once in the list that is on screen; taken back where the server refuses. */
    changeNotification: build.mutation<Notification, { of: Notification; change: NotificationChange; filters: InboxFilters }>({
      query: ({ of, change }) => ({ url: `/notifications/${of.id}`, method: "PATCH", body: change }),
      invalidatesTags: ["Notifications"],
      onQueryStarted: async ({ of, change, filters }, { dispatch, queryFulfilled }) => {
        const after = changed(of, change)
        const delta = Number(isUnread(after)) - Number(isUnread(of))
        const list = dispatch(
          inboxApi.util.updateQueryData("getNotifications", filters, ({ pages, pageParams }) => ({
            pageParams,
            pages: pages.map((page) => ({
              ...page,
              items: page.items.flatMap((one) => (one.id !== of.id ? [one] : isShown(after, filters) ? [after] : [])),
            })),
          })),
        )
        const count = dispatch(inboxApi.util.updateQueryData("getUnreadCount", undefined, (unread) => Math.max(0, unread + delta)))
        try {
          await queryFulfilled
        } catch (failure) {
          list.undo()
          count.undo()
          explain(dispatch, failure)
        }
      },
    }),
    readAll: build.mutation<{ read: number; more: boolean }, ReadAll>({
      query: (body) => ({ url: "/notifications/read-all", method: "POST", body }),
      invalidatesTags: ["Notifications"],
      onQueryStarted: (_, { dispatch, queryFulfilled }) => queryFulfilled.then(() => undefined, (failure: unknown) => explain(dispatch, failure)),
    }),
    getNotificationRules: build.query<NotificationRules, void>({
      query: () => "/me/notification-rules",
      providesTags: ["NotificationRules"],
    }),
    saveNotificationRules: build.mutation<NotificationRules, NotificationRules>({
      query: (body) => ({ url: "/me/notification-rules", method: "PUT", body }),
      // Refused because they were saved elsewhere meanwhile: show how they are now.
      invalidatesTags: (_, failure) => (failure?.status === 409 ? ["NotificationRules"] : []),
      onQueryStarted: async (_, { dispatch, queryFulfilled }) => {
        const answer = await queryFulfilled.catch(() => null)
        if (answer) dispatch(inboxApi.util.updateQueryData("getNotificationRules", undefined, () => answer.data))
      },
    }),
  }),
})

export const {
  useGetNotificationsInfiniteQuery,
  useGetUnreadCountQuery,
  useChangeNotificationMutation,
  useReadAllMutation,
  useGetNotificationRulesQuery,
  useSaveNotificationRulesMutation,
} = inboxApi

function changed(before: Notification, { is_read, is_archived, snoozed_until }: NotificationChange): Notification {
  const now = new Date().toISOString()
  return {
    ...before,
    ...(is_read !== undefined && { read_at: is_read ? now : null }),
    ...(is_archived !== undefined && { archived_at: is_archived ? now : null }),
    ...(snoozed_until !== undefined && { snoozed_until }),
  }
}

function isUnread(notification: Notification): boolean {
  return notification.read_at === null && notification.archived_at === null && !isSnoozed(notification)
}

function explain(dispatch: AppDispatch, failure: unknown): void {
  dispatch(showToast(problemMessage((failure as { error?: unknown }).error), { tone: "danger" }))
}

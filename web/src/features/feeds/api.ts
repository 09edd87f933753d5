import { api } from "@/lib/api/api"
import type { components } from "@/lib/api/schema"

export type Feed = components["schemas"]["Feed"]
export type NewFeed = components["schemas"]["NewFeed"]
/** The address is in this answer and in no other: whoever has it sees the calendar. */
export type MadeFeed = components["schemas"]["MadeFeed"]

const feedsApi = api.enhanceEndpoints({ addTagTypes: ["Feeds"] }).injectEndpoints({
  endpoints: (build) => ({
    getFeeds: build.query<Feed[], void>({
      query: () => "/me/calendar-feeds",
      transformResponse: ({ items }: { items: Feed[] }) => items,
      providesTags: ["Feeds"],
    }),
    createFeed: build.mutation<MadeFeed, NewFeed>({
      query: (body) => ({ url: "/me/calendar-feeds", method: "POST", body }),
      invalidatesTags: (done) => (done ? ["Feeds"] : []),
    }),
    renewFeed: build.mutation<MadeFeed, string>({
      query: (id) => ({ url: `/me/calendar-feeds/${id}/renew`, method: "POST" }),
      invalidatesTags: ["Feeds"],
    }),
    revokeFeed: build.mutation<null, string>({
      query: (id) => ({ url: `/me/calendar-feeds/${id}`, method: "DELETE" }),
      transformResponse: () => null,
      // Refused: perhaps it was revoked already.
      invalidatesTags: ["Feeds"],
    }),
  }),
})

export const { useGetFeedsQuery, useCreateFeedMutation, useRenewFeedMutation, useRevokeFeedMutation } = feedsApi

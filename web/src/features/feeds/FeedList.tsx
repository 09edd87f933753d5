import { useState } from "react"
import { problemMessage } from "@/lib/api/problem"
import type { Project } from "@/lib/api/types"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { Button } from "@/ui/Button"
import { ConfirmDialog } from "@/ui/ConfirmDialog"
import { Dialog } from "@/ui/Dialog"
import { Icon } from "@/ui/icons"
import { RelativeTime } from "@/ui/RelativeTime"
import { ErrorNotice, Skeleton } from "@/ui/states"
import { useGetFeedsQuery, useRenewFeedMutation, useRevokeFeedMutation, type Feed } from "./api"
import { AddressShown, NewFeedDialog } from "./NewFeedDialog"

type Asked = { what: "renew" | "revoke"; feed: Feed } | null

/** One's own calendars. */
export function FeedList({ projects }: { projects: Pick<Project, "id" | "name">[] }) {
  const dispatch = useAppDispatch()
  const { data: feeds, error, refetch } = useGetFeedsQuery(undefined, { refetchOnMountOrArgChange: true })
  const [renew, { data: renewed, reset }] = useRenewFeedMutation()
  const [revoke] = useRevokeFeedMutation()
  const [creating, setCreating] = useState(false)
  const [asked, setAsked] = useState<Asked>(null)
  const [last, setLast] = useState<Asked>(null)
  if (asked && asked !== last) setLast(asked)
  const close = () => setAsked(null)
  const say = (refused: unknown) => dispatch(showToast(problemMessage(refused), { tone: "danger" }))

  const confirmRenewal = async (feed: Feed) => {
    const { error: refused } = await renew(feed.id)
    if (refused) say(refused)
  }
  const confirmRevocation = async (feed: Feed) => {
    const { error: refused } = await revoke(feed.id)
    if (refused) say(refused)
    else dispatch(showToast(`Revoked ${feed.name}`))
  }

  return (
    <>
      {error && !feeds && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!feeds && !error && <Skeleton className="h-14 rounded-lg" />}
      {feeds && feeds.length > 0 && (
        <ul aria-label="Calendars" className="divide-y divide-line rounded-lg border border-line">
          {feeds.map((feed) => (
            <li key={feed.id} className="flex flex-wrap items-center gap-x-3 gap-y-2 px-3 py-2.5">
              <Icon name="calendar" className="size-5 text-ink-faint" />
              <div className="min-w-0 flex-1 basis-40">
                <p className="truncate text-base font-medium text-ink">{feed.name}</p>
                <p className="truncate text-xs text-ink-faint">
                  {sourceOf(feed, projects)}, made <RelativeTime iso={feed.created_at} />
                </p>
              </div>
              <Button size="sm" variant="ghost" aria-label={`New address for ${feed.name}`} onClick={() => setAsked({ what: "renew", feed })}>
                New address
              </Button>
              <Button size="sm" variant="ghost" aria-label={`Revoke ${feed.name}`} onClick={() => setAsked({ what: "revoke", feed })}>
                Revoke
              </Button>
            </li>
          ))}
        </ul>
      )}
      {feeds && (
        <div className="mt-4 flex flex-wrap items-center justify-between gap-2">
          <p className="text-sm text-ink-faint">{feeds.length === 0 && "No calendar yet."}</p>
          <Button icon="plus" onClick={() => setCreating(true)}>
            New calendar
          </Button>
        </div>
      )}
      <NewFeedDialog open={creating} onClose={() => setCreating(false)} projects={projects} />
      {last && (
        <>
          <ConfirmDialog
            open={asked?.what === "renew"}
            title={`A new address for ${last.feed.name}?`}
            text="The address that it has leads nowhere from then on. Programs that subscribe to it need the new one."
            confirmLabel="Make a new address"
            onConfirm={() => void confirmRenewal(last.feed)}
            onClose={close}
          />
          <ConfirmDialog
            open={asked?.what === "revoke"}
            title={`Revoke ${last.feed.name}?`}
            text="Its address leads nowhere from then on, in every program that subscribes to it. This can’t be undone."
            confirmLabel="Revoke calendar"
            onConfirm={() => void confirmRevocation(last.feed)}
            onClose={close}
          />
        </>
      )}
      <Dialog open={renewed !== undefined} onClose={reset} title="The new address" stays>
        {renewed && <AddressShown url={renewed.url} onClose={reset} />}
      </Dialog>
    </>
  )
}

function sourceOf({ shows, project_id, query }: Feed, projects: Pick<Project, "id" | "name">[]): string {
  if (shows === "mine") return "What you have to do"
  if (shows === "project") return projects.find(({ id }) => id === project_id)?.name ?? "A project you are not in"
  return shows === "query" ? (query ?? "A query") : "A view"
}

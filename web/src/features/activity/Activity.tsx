import { fullName } from "@/lib/people"
import { Avatar } from "@/ui/Avatar"
import { Button } from "@/ui/Button"
import { RelativeTime } from "@/ui/RelativeTime"
import { ErrorNotice } from "@/ui/states"
import { useGetActivityInfiniteQuery } from "./api"
import { describeEvent, type Names } from "./describeEvent"

export function Activity({ taskId, ...names }: Names & { taskId: string }) {
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useGetActivityInfiniteQuery(taskId)
  const events = data?.pages.flatMap(({ items }) => items) ?? []
  if (!error && events.length === 0) return null

  return (
    <section aria-labelledby="activity-heading" className="mt-8">
      <h3 id="activity-heading" className="mb-2 text-sm font-semibold text-ink">
        Activity
      </h3>
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      <ol className="space-y-2.5">
        {events.map((event) => {
          const actor = names.people.find(({ id }) => id === event.actor_id)
          return (
            <li key={event.seq} className="flex items-start gap-2.5 text-sm text-ink-muted">
              {actor ? <Avatar person={actor} size="sm" /> : <span className="size-5 shrink-0" />}
              <p className="min-w-0 break-words">
                <span className="font-medium text-ink">{actor ? fullName(actor) : "ProjectFlow"}</span>{" "}
                {describeEvent(event, names)}
                <span className="text-xs text-ink-faint">
                  {" · "}
                  <RelativeTime iso={event.created_at} />
                </span>
              </p>
            </li>
          )
        })}
      </ol>
      {hasNextPage && (
        <Button size="sm" variant="ghost" className="mt-2 ml-5" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show older
        </Button>
      )}
    </section>
  )
}

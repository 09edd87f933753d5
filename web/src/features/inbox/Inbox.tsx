import { useState, type ReactNode } from "react"
import type { Notification, User } from "@/lib/api/types"
import { dayHeading, toDateInput } from "@/lib/dates"
import { focusedRow } from "@/lib/rowFocus"
import { useShortcuts } from "@/lib/shortcuts"
import { Button } from "@/ui/Button"
import { EmptyState, ErrorNotice, Skeleton } from "@/ui/states"
import { useGetNotificationsInfiniteQuery } from "./api"
import { InboxFilterBar } from "./InboxFilterBar"
import { isSnoozed, type InboxFilters } from "./inboxFilters"
import { NotificationRow } from "./NotificationRow"
import { SnoozeDialog } from "./SnoozeDialog"
import { useInbox } from "./useInbox"

interface InboxProps {
  filters: InboxFilters
  onFilter: (filters: InboxFilters) => void
  people: User[]
  projects: { id: string; name: string }[]
  linkTo: (notification: Notification) => string
  /** What to do when nothing is new. */
  emptyAction: ReactNode
}

const NOTHING: Record<InboxFilters["folder"], { title: string; text: string }> = {
  inbox: { title: "Nothing new", text: "Here you are told of what is assigned to you, of comments and mentions, and of dates that come near." },
  unread: { title: "All read", text: "You have seen everything that you were told of." },
  snoozed: { title: "Nothing is snoozed", text: "H on a notification puts it away until a time that you choose." },
  archived: { title: "The archive is empty", text: "E on a notification archives it, once you are done with it." },
}

export function Inbox({ filters, onFilter, people, projects, linkTo, emptyAction }: InboxProps) {
  const { data, error, isFetching, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useGetNotificationsInfiniteQuery(filters, {
    refetchOnMountOrArgChange: true,
  })
  const shown = data?.pages.flatMap(({ items }) => items) ?? []
  const inbox = useInbox(filters, shown)
  const [snoozing, setSnoozing] = useState<Notification | null>(null)
  const peopleById = new Map(people.map((person) => [person.id, person]))
  const snoozeOrWake = (one: Notification) => (isSnoozed(one) ? inbox.wake(one) : setSnoozing(one))
  const onFocused = (act: (one: Notification) => void) => () => {
    const one = shown.find(({ id }) => id === focusedRow())
    if (one) act(one)
  }
  useShortcuts({
    "inbox.next": inbox.next,
    "inbox.previous": inbox.previous,
    "inbox.archive": onFocused(inbox.toggleArchived),
    "inbox.unread": onFocused(inbox.toggleRead),
    "inbox.snooze": onFocused(snoozeOrWake),
    "inbox.readAll": () => void inbox.readAll(),
  })
  const isFiltered = filters.kind !== null || filters.projectId !== null

  return (
    <>
      <InboxFilterBar filters={filters} onChange={onFilter} projects={projects}>
        {filters.folder !== "archived" && shown.some(({ read_at }) => read_at === null) && (
          <Button size="sm" icon="check" busy={inbox.isReadingAll} onClick={() => void inbox.readAll()}>
            Mark all as read
          </Button>
        )}
      </InboxFilterBar>
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!data && isFetching && <Skeleton className="h-96 rounded-xl" />}
      {byDay(shown).map(([day, items]) => (
        <section key={day} aria-labelledby={`day-${day}`} className="mb-6">
          <h2 id={`day-${day}`} className="mb-1.5 px-1 text-xs font-medium text-ink-faint">
            {dayHeading(day)}
          </h2>
          <ul className="overflow-hidden rounded-xl border border-line bg-surface">
            {items.map((one) => (
              <NotificationRow
                key={one.id}
                notification={one}
                actor={peopleById.get(one.actor_id ?? "")}
                to={linkTo(one)}
                onOpen={() => inbox.open(one)}
                onRead={() => inbox.toggleRead(one)}
                onArchive={() => inbox.toggleArchived(one)}
                onSnooze={() => snoozeOrWake(one)}
              />
            ))}
          </ul>
        </section>
      ))}
      {data && shown.length === 0 && (
        <EmptyState icon="inbox" {...(isFiltered ? { title: "Nothing matches", text: "There is nothing of this kind, or of this project." } : NOTHING[filters.folder])}>
          {!isFiltered && filters.folder === "inbox" && emptyAction}
          {isFiltered && <Button onClick={() => onFilter({ ...filters, kind: null, projectId: null })}>Clear filters</Button>}
        </EmptyState>
      )}
      {hasNextPage && (
        <div className="flex justify-center">
          <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show older
          </Button>
        </div>
      )}
      <SnoozeDialog
        open={snoozing !== null}
        onClose={() => setSnoozing(null)}
        onChoose={(until) => snoozing && inbox.snooze(snoozing, until)}
      />
    </>
  )
}

/** In the list's own order, which is by the time that things were shown. */
function byDay(notifications: Notification[]): [day: string, items: Notification[]][] {
  const days = new Map<string, Notification[]>()
  for (const one of notifications) {
    const day = toDateInput(one.shown_at)
    days.set(day, [...(days.get(day) ?? []), one])
  }
  return [...days]
}

import { Link } from "react-router"
import type { Notification, User } from "@/lib/api/types"
import { momentOf } from "@/lib/dates"
import { plainWords } from "@/lib/plainWords"
import { Avatar } from "@/ui/Avatar"
import { IconButton } from "@/ui/Button"
import { Icon, type IconName } from "@/ui/icons"
import { RelativeTime } from "@/ui/RelativeTime"
import { describeNotification } from "./describeNotification"
import { isSnoozed } from "./inboxFilters"

interface NotificationRowProps {
  notification: Notification
  actor: User | undefined
  to: string
  onOpen: () => void
  onRead: () => void
  onArchive: () => void
  onSnooze: () => void
}

const icons: Partial<Record<Notification["kind"], IconName>> = { overdue: "alert", due_soon: "calendar", unblocked: "check", project_added: "folder" }

export function NotificationRow({ notification, actor, to, onOpen, onRead, onArchive, onSnooze }: NotificationRowProps) {
  const { id, task, project_name, excerpt, actor_name, read_at, archived_at, snoozed_until, shown_at } = notification
  const isUnread = read_at === null
  const isAway = isSnoozed(notification)
  const title = task ? task.title : project_name
  return (
    <li data-row-of={id} className="group relative flex items-start gap-3 border-b border-line px-3 py-2.5 transition-colors duration-100 last:border-0 focus-within:bg-hover hover:bg-hover sm:px-4">
      <span className={`mt-2.5 size-2 shrink-0 rounded-full ${isUnread ? "bg-accent" : ""}`} aria-hidden="true" />
      <span className="mt-0.5 shrink-0">
        {actor ? <Avatar person={actor} /> : <Icon name={icons[notification.kind] ?? "bell"} className="m-1 size-4 text-ink-faint" />}
      </span>
      <div className="min-w-0 flex-1">
        <Link
          to={to}
          data-row={id}
          onClick={onOpen}
          className={`block truncate text-sm outline-none! after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-ring ${isUnread ? "font-semibold text-ink" : "text-ink-muted"}`}
        >
          {isUnread && <span className="sr-only">Unread: </span>}
          {task && <span className="mr-1.5 text-xs font-medium text-ink-faint tabular-nums">{task.key}</span>}
          {title}
        </Link>
        <p className="text-sm text-ink-muted sm:truncate">
          {actor_name && <span className="font-medium text-ink">{actor_name} </span>}
          {describeNotification(notification)}
        </p>
        {excerpt && <p className="mt-0.5 line-clamp-2 text-sm text-ink-faint">“{plainWords(excerpt)}”</p>}
        {isAway && snoozed_until && <p className="mt-0.5 text-xs text-ink-faint">Comes back {momentOf(snoozed_until)}</p>}
      </div>
      <span className="shrink-0 pt-0.5 text-xs text-ink-faint group-focus-within:invisible group-hover:invisible max-sm:hidden">
        <RelativeTime iso={isAway ? notification.created_at : shown_at} />
      </span>
      <span className="z-10 flex shrink-0 gap-0.5 sm:absolute sm:top-2 sm:right-3 sm:opacity-0 sm:group-focus-within:opacity-100 sm:group-hover:opacity-100 pointer-coarse:static! pointer-coarse:opacity-100!">
        <IconButton icon={isUnread ? "check" : "mail"} label={`Mark as ${isUnread ? "read" : "unread"}: ${title}`} shortcut="U" onClick={onRead} />
        <IconButton icon="clock" label={isAway ? `Bring back: ${title}` : `Snooze: ${title}`} shortcut="H" onClick={onSnooze} />
        <IconButton icon={archived_at ? "undo" : "archive"} label={`${archived_at ? "Bring back" : "Archive"}: ${title}`} shortcut="E" onClick={onArchive} />
      </span>
    </li>
  )
}

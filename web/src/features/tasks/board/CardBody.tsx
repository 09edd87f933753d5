import type { ReactNode } from "react"
import type { Card, StateCategory, User } from "@/lib/api/types"
import { dueDate } from "@/lib/dates"
import { Avatar } from "@/ui/Avatar"
import { Icon, type IconName } from "@/ui/icons"
import { PriorityIcon } from "@/ui/PriorityIcon"
import { TagChip } from "@/ui/TagChip"

interface CardBodyProps {
  card: Card
  category: StateCategory
  assignee: User | undefined
  tagColors: ReadonlyMap<string, string | null>
  /** The title, as what opens the card. */
  children?: ReactNode
}

const MOST_TAGS = 4
const dueTones = { overdue: "text-danger-ink", soon: "text-warning-ink", later: "text-ink-faint" } as const

/** What a card shows; also what hangs on the pointer while it is dragged. */
export function CardBody({ card, category, assignee, tagColors, children }: CardBodyProps) {
  const done = category === "completed" || category === "cancelled"
  const due = card.due_date ? dueDate(card.due_date, done) : null
  const hidden = card.tags.length - MOST_TAGS
  return (
    <span className="block px-3 pt-2.5 pb-2.5">
      <span className="flex min-h-5 items-center gap-1.5">
        <PriorityIcon priority={card.priority} named />
        <span className="min-w-0 flex-1 truncate text-2xs font-medium text-ink-faint tabular-nums">{card.key}</span>
        {assignee && <Avatar person={assignee} size="sm" />}
      </span>
      <span className={`mt-0.5 line-clamp-4 text-sm break-words ${done ? "text-ink-muted" : "text-ink"}`}>{children ?? card.title}</span>
      <span className="mt-2 flex flex-wrap items-center gap-x-2.5 gap-y-1.5 text-2xs text-ink-faint tabular-nums empty:hidden">
        {due && (
          <span className={`inline-flex items-center gap-1 ${dueTones[due.tone]}`} title={due.title}>
            <Icon name="calendar" className="size-3" />
            {due.text}
          </span>
        )}
        {card.checklist_total > 0 && (
          <Fact icon="checklist" title={`${card.checklist_done} of ${card.checklist_total} done`}>
            {card.checklist_done}/{card.checklist_total}
          </Fact>
        )}
        {card.comment_count > 0 && (
          <Fact icon="comment" title={`${card.comment_count} ${card.comment_count === 1 ? "comment" : "comments"}`}>
            {card.comment_count}
          </Fact>
        )}
        {card.archived_at && (
          <Fact icon="archive" title="Archived">
            Archived
          </Fact>
        )}
        {card.tags.slice(0, MOST_TAGS).map((tag) => (
          <TagChip key={tag} name={tag} color={tagColors.get(tag)} />
        ))}
        {hidden > 0 && <span title={card.tags.slice(MOST_TAGS).join(", ")}>+{hidden}</span>}
      </span>
    </span>
  )
}

function Fact({ icon, title, children }: { icon: IconName; title: string; children: ReactNode }) {
  return (
    <span className="inline-flex items-center gap-1" title={title}>
      <Icon name={icon} className="size-3" />
      {children}
    </span>
  )
}

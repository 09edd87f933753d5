import { useDraggable } from "@dnd-kit/core"
import { memo } from "react"
import type { Card, StateCategory, User } from "@/lib/api/types"
import { CardBody } from "./CardBody"

export const LIFT_HELP_ID = "board-lift-help"

interface TaskCardProps {
  card: Card
  category: StateCategory
  assignee: User | undefined
  tagColors: ReadonlyMap<string, string | null>
  lifted: boolean
  open: boolean
  canDrag: boolean
  onOpen: (taskId: string) => void
}

export const TaskCard = memo(function TaskCard({ card, open, lifted, canDrag, onOpen, ...look }: TaskCardProps) {
  const { setNodeRef, listeners } = useDraggable({ id: card.id, disabled: !canDrag })
  return (
    <article
      ref={setNodeRef}
      {...listeners}
      aria-label={`${card.key} ${card.title}`}
      className={`group relative touch-manipulation rounded-lg border bg-raised shadow-card transition-[border-color,background-color] duration-100 select-none hover:border-line-strong ${
        open ? "border-ring" : "border-line"
      } ${lifted ? "opacity-40" : ""}`}
    >
      <button
        type="button"
        data-card={card.id}
        aria-label={`${card.key} ${card.title}`}
        aria-describedby={canDrag ? LIFT_HELP_ID : undefined}
        aria-current={open || undefined}
        onClick={() => onOpen(card.id)}
        className="block w-full scroll-m-10 rounded-lg text-left focus-visible:outline-offset-1"
      >
        <CardBody card={card} {...look} />
      </button>
    </article>
  )
})

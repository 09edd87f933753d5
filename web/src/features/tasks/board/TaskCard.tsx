import { useDraggable } from "@dnd-kit/core"
import { memo } from "react"
import type { Card, StateCategory, User } from "@/lib/api/types"
import { CardBody } from "./CardBody"

export const LIFT_HELP_ID = "board-lift-help"

interface CardFaceProps {
  card: Card
  category: StateCategory
  assignee: User | undefined
  tagColors: ReadonlyMap<string, string | null>
  open: boolean
  canDrag: boolean
}

interface TaskCardProps extends CardFaceProps {
  lifted: boolean
  onOpen: (taskId: string) => void
}

export const TaskCard = memo(function TaskCard({ lifted, onOpen, ...face }: TaskCardProps) {
  const { card, open, canDrag } = face
  const { setNodeRef, listeners } = useDraggable({ id: card.id, disabled: !canDrag })
  return (
    // The whole card takes the click of its button, which is what keyboards and screen readers use.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions
    <article
      ref={setNodeRef}
      {...listeners}
      onClick={() => onOpen(card.id)}
      aria-label={`${card.key} ${card.title}`}
      className={`group relative cursor-pointer touch-manipulation rounded-lg has-[[data-card]:focus-visible]:outline-2 has-[[data-card]:focus-visible]:outline-offset-1 has-[[data-card]:focus-visible]:outline-ring border bg-raised shadow-card transition-[border-color,background-color] duration-100 select-none hover:border-line-strong ${
        open ? "border-ring" : "border-line"
      } ${lifted ? "opacity-40" : ""}`}
    >
      <CardFace {...face} />
    </article>
  )
})

// dnd-kit draws every card anew when one is lifted or comes over another column; what is on them stays.
const CardFace = memo(function CardFace({ card, open, canDrag, ...look }: CardFaceProps) {
  return (
    <CardBody card={card} {...look}>
      <button
        type="button"
        data-card={card.id}
        aria-label={`${card.key} ${card.title}`}
        aria-describedby={canDrag ? LIFT_HELP_ID : undefined}
        aria-current={open || undefined}
        className="block w-full cursor-pointer scroll-m-10 text-left outline-none!"
      >
        {card.title}
      </button>
    </CardBody>
  )
})

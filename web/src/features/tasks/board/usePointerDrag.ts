import {
  MouseSensor,
  TouchSensor,
  useSensor,
  useSensors,
  type DragEndEvent,
  type DragMoveEvent,
  type DragStartEvent,
} from "@dnd-kit/core"
import { useState } from "react"
import type { Board, Card } from "@/lib/api/types"
import { findCard } from "../api/boardView"
import { dropIndex, type DropTarget } from "./dropTarget"

export interface Lift {
  card: Card
  target: DropTarget | null
}

/** Mouse and touch: dnd-kit tells where the pointer is, the cards on screen tell which place that means. */
export function usePointerDrag(board: Board | undefined, onDrop: (card: Card, target: DropTarget) => void) {
  const [lift, setLift] = useState<Lift | null>(null)
  const sensors = useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: 6 } }),
    // A finger that moves at once scrolls; one that rests picks up.
    useSensor(TouchSensor, { activationConstraint: { delay: 220, tolerance: 8 } }),
  )

  const onDragStart = ({ active }: DragStartEvent) => {
    const place = board && findCard(board, String(active.id))
    if (place) setLift({ card: place.card, target: null })
  }

  const onDragMove = (event: DragMoveEvent) => {
    const target = targetOf(event)
    setLift((now) => (now && !sameTarget(now.target, target) ? { ...now, target } : now))
  }

  const onDragEnd = (event: DragEndEvent) => {
    const target = targetOf(event)
    if (lift && target) onDrop(lift.card, target)
    setLift(null)
  }

  const onDragCancel = () => setLift(null)

  return { lift, sensors, handlers: { onDragStart, onDragMove, onDragEnd, onDragCancel } }
}

function targetOf({ active, over }: DragMoveEvent | DragEndEvent): DropTarget | null {
  const dragged = active.rect.current.translated
  if (!over || !dragged) return null
  const status = String(over.id)
  const column = document.querySelector(`[data-column="${CSS.escape(status)}"]`)
  const cards = [...(column?.querySelectorAll<HTMLElement>("[data-card]") ?? [])]
    .filter(({ dataset }) => dataset.card !== active.id)
    .map((card) => (card.closest("article") ?? card).getBoundingClientRect())
  return { status, index: dropIndex(cards, dragged.top + dragged.height / 2) }
}

function sameTarget(one: DropTarget | null, other: DropTarget | null): boolean {
  return one?.status === other?.status && one?.index === other?.index
}

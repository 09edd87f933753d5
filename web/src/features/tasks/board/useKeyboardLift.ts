import { useEffect, useState, type KeyboardEvent } from "react"
import type { Board, Card } from "@/lib/api/types"
import { findCard } from "../api/boardView"
import { focusCard } from "./cardFocus"
import { isArrow, stepTarget, type DropTarget } from "./dropTarget"
import type { Lift } from "./usePointerDrag"

interface KeyboardLift {
  lift: Lift | null
  announcement: string
  onKeyDown: (event: KeyboardEvent) => void
  onKeyUp: (event: KeyboardEvent) => void
  onBlur: () => void
}

/**
 * Space picks a card up, arrows choose the place, Space puts it down, Esc leaves it. It moves through the board's
 * data and not through pixels: the next column is the next one, also when it is far off screen.
 */
export function useKeyboardLift(
  board: Board | undefined,
  onDrop: (card: Card, target: DropTarget) => void,
): KeyboardLift {
  const [lift, setLift] = useState<(Lift & { target: DropTarget }) | null>(null)
  const [announcement, setAnnouncement] = useState("")

  const target = lift?.target
  useEffect(() => {
    if (target) document.querySelector("[data-drop-line]")?.scrollIntoView({ block: "nearest", inline: "nearest" })
  }, [target])

  const pickUp = (taskId: string) => {
    const place = board && findCard(board, taskId)
    if (!board || !place) return
    const target = { status: place.column.state.key, index: place.index }
    setLift({ card: place.card, target })
    setAnnouncement(`Picked up ${place.card.key}. ${describe(board, place.card.id, target)} Arrow keys move it, Space drops it, Escape cancels.`)
  }

  const drop = () => {
    if (!board || !lift) return
    setLift(null)
    setAnnouncement(`Dropped ${lift.card.key}. ${describe(board, lift.card.id, lift.target)}`)
    onDrop(lift.card, lift.target)
    // The card may now be in another column, which is another element: give it the focus back.
    requestAnimationFrame(() => focusCard(lift.card.id))
  }

  const cancel = () => {
    if (!lift) return
    setLift(null)
    setAnnouncement(`Cancelled. ${lift.card.key} stays where it was.`)
  }

  const onKeyDown = (event: KeyboardEvent) => {
    const taskId = event.target instanceof HTMLElement ? event.target.dataset.card : undefined
    if (!taskId || event.metaKey || event.ctrlKey || event.altKey) return
    if (!lift) {
      if (event.key !== " ") return
      pickUp(taskId)
    } else if (event.key === " " || event.key === "Enter") drop()
    else if (event.key === "Escape") cancel()
    else if (isArrow(event.key) && board) {
      const target = stepTarget(board, lift.card.id, lift.target, event.key)
      setLift({ ...lift, target })
      setAnnouncement(describe(board, lift.card.id, target))
    } else if (event.key !== "Tab") return
    event.preventDefault()
    event.stopPropagation()
  }

  // A button clicks itself when Space is let go; here Space means lift and drop.
  const onKeyUp = (event: KeyboardEvent) => {
    if (event.key === " " && event.target instanceof HTMLElement && event.target.dataset.card) event.preventDefault()
  }

  return { lift, announcement, onKeyDown, onKeyUp, onBlur: cancel }
}

function describe(board: Board, lifted: string, { status, index }: DropTarget): string {
  const column = board.columns.find(({ state }) => state.key === status)
  const places = (column?.items.filter(({ id }) => id !== lifted).length ?? 0) + 1
  return `${column?.state.name ?? ""}, position ${index + 1} of ${places}.`
}

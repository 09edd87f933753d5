import { useCallback } from "react"
import type { Board, Card } from "@/lib/api/types"
import { useAppDispatch } from "@/lib/store"
import { moveTask } from "@/lib/sync/perform"
import { undoAction } from "@/lib/sync/undo"
import { showToast } from "@/lib/toasts"
import { findCard } from "../api/boardView"
import { neighbours, type DropTarget } from "./dropTarget"

/** Moves a card, and offers to move it back. */
export function useCardMove(board: Board | undefined) {
  const dispatch = useAppDispatch()

  return useCallback(
    (card: Card, target: DropTarget) => {
      const from = board && findCard(board, card.id)
      const to = board?.columns.find(({ state }) => state.key === target.status)
      if (!from || !to || (from.column === to && from.index === target.index)) return

      const moved = dispatch(moveTask(card.id, { status: target.status, ...neighbours(to.items, card.id, target.index) }))
      if (!moved) return
      const where = from.column === to ? `within ${to.state.name}` : `to ${to.state.name}`
      const undo = () => void dispatch(undoAction(moved))
      dispatch(showToast(`Moved ${card.key} ${where}`, { action: { label: "Undo", run: undo } }))
    },
    [board, dispatch],
  )
}

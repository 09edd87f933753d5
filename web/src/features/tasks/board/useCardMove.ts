import { useCallback } from "react"
import type { Board, Card } from "@/lib/api/types"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { findCard } from "../api/boardCache"
import { useMoveTaskMutation } from "../api/task"
import { neighbours, type DropTarget } from "./dropTarget"

/** Moves a card, and offers to move it back. */
export function useCardMove(board: Board | undefined) {
  const dispatch = useAppDispatch()
  const [move] = useMoveTaskMutation()

  return useCallback(
    async (card: Card, target: DropTarget) => {
      const from = board && findCard(board, card.id)
      const to = board?.columns.find(({ state }) => state.key === target.status)
      if (!from || !to || (from.column === to && from.index === target.index)) return

      const back = {
        status: card.status,
        index: from.index,
        ...neighbours(from.column.items, card.id, from.index),
      }
      const { data: moved } = await move({ task: card, ...target, ...neighbours(to.items, card.id, target.index) })
      if (!moved) return
      const where = from.column === to ? `within ${to.state.name}` : `to ${to.state.name}`
      const undo = () => void move({ task: moved, ...back })
      dispatch(showToast(`Moved ${card.key} ${where}`, { action: { label: "Undo", run: undo } }))
    },
    [board, dispatch, move],
  )
}

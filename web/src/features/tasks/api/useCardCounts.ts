import { useCallback } from "react"
import type { Card } from "@/lib/api/types"
import { useAppDispatch, type RootState } from "@/lib/store"
import { patchBoards } from "./board"
import { findCard } from "./boardCache"

type Counts = Partial<Pick<Card, "comment_count" | "checklist_total" | "checklist_done">>

/** Keeps the numbers on the card in step with the open panel. */
export function useCardCounts(projectId: string, taskId: string) {
  const dispatch = useAppDispatch()
  return useCallback(
    (counts: Counts) =>
      dispatch((_: unknown, getState: () => RootState) => {
        patchBoards({ dispatch, getState }, projectId, (board) => {
          const place = findCard(board, taskId)
          if (place) Object.assign(place.card, counts)
        })
      }),
    [dispatch, projectId, taskId],
  )
}

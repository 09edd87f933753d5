import { useCallback } from "react"
import { useStore } from "react-redux"
import { useAppDispatch, type AppStore } from "@/lib/store"
import { latestChangeOf, undoSeq } from "@/lib/sync/undo"
import { showToast } from "@/lib/toasts"

/** Says what was done to these, with the way back: all of it, where it was one change. */
export function useUndoToast() {
  const dispatch = useAppDispatch()
  const store = useStore() as AppStore
  return useCallback(
    async (text: string, ids: Iterable<string>) => {
      const seq = await latestChangeOf(store, new Set(ids))
      dispatch(showToast(text, seq === null ? {} : { action: { label: "Undo", run: () => void dispatch(undoSeq(seq)) } }))
    },
    [dispatch, store],
  )
}

import { useEffect, useState } from "react"
import { useStore } from "react-redux"
import { selectSession } from "@/lib/session"
import { useShortcuts } from "@/lib/shortcuts"
import { useAppDispatch, useAppSelector, type AppStore } from "@/lib/store"
import { databaseName, wipe } from "./database"
import { engine, startEngine, type Started } from "./engine"
import { begun } from "./slice"
import { redoLast, undoLast } from "./undo"

/** The store of whoever is signed in, for as long as they are. */
export function useLiveStore(workspaceId: string, personId: string): void {
  const store = useStore() as AppStore
  useEffect(() => {
    const name = databaseName(workspaceId, personId)
    let ended = false
    let started: Started | undefined
    void wipe(name)
    void startEngine(store, name, personId).then((running) => {
      if (ended) running.stop()
      else started = running
    })
    return () => {
      ended = true
      started?.stop()
      // What one person loaded must not be there for the next.
      store.dispatch(begun({ person: "" }))
    }
  }, [store, workspaceId, personId])
}

/** Whoever signs out leaves nothing behind. A session that only ran out does: what waits is sent after the next sign-in. */
export function useForgettingAtSignOut(): void {
  const { ended } = useAppSelector(selectSession)
  useEffect(() => {
    if (ended === "by choice") void wipe(null)
  }, [ended])
}

/** Undo and redo by their keys, everywhere but in a text field, which has an undo of its own. */
export function useUndoKeys(): void {
  const dispatch = useAppDispatch()
  useShortcuts({ undo: () => void dispatch(undoLast()), redo: () => void dispatch(redoLast()) })
}

/** Whether something that is not in the store is missing in earnest: the server was asked once more. */
export function useIsMissing(id: string, isHere: boolean): boolean {
  const isReady = useAppSelector(({ sync }) => sync.phase === "ready")
  const [asked, setAsked] = useState<string | null>(null)
  const ask = isReady && !isHere && asked !== id
  useEffect(() => {
    if (!ask) return
    let ended = false
    void engine()
      ?.catchUp()
      .then(() => !ended && setAsked(id))
    return () => {
      ended = true
    }
  }, [ask, id])
  return isReady && !isHere && asked === id
}

import { useCallback, useMemo, useState } from "react"
import type { Board } from "@/lib/api/types"
import { useAppSelector } from "@/lib/store"
import { selectIsReady, selectStatesOf, selectTasksOf } from "@/lib/sync/select"
import type { BoardFilters } from "../filters/boardFilters"
import { boardOf, COLUMN_PAGE } from "./boardView"

interface Shown {
  projectId: string
  counts: Record<string, number>
}

/** A project's board out of the store, of all its tasks or of some; undefined until anything is here. */
export function useBoard(projectId: string, filters: BoardFilters, only?: ReadonlySet<string>): { board: Board | undefined; showMore: (status: string) => void } {
  const isReady = useAppSelector(selectIsReady)
  const all = useAppSelector((state) => selectTasksOf(state, projectId))
  const tasks = useMemo(() => (only ? all.filter(({ id }) => only.has(id)) : all), [all, only])
  const states = useAppSelector((state) => selectStatesOf(state, projectId))
  const [shown, setShown] = useState<Shown>({ projectId, counts: {} })
  const counts = shown.projectId === projectId ? shown.counts : undefined
  const board = useMemo(() => (isReady ? boardOf(tasks, states, filters, counts) : undefined), [isReady, tasks, states, filters, counts])

  const showMore = useCallback(
    (status: string) =>
      setShown((now) => {
        const before = now.projectId === projectId ? now.counts : {}
        return { projectId, counts: { ...before, [status]: (before[status] ?? COLUMN_PAGE) + COLUMN_PAGE } }
      }),
    [projectId],
  )
  return { board, showMore }
}

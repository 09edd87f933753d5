import { useCallback, useMemo, useState } from "react"
import { useSearchParams } from "react-router"
import { useMatchTasksQuery } from "@/features/views/api"
import type { Project, View } from "@/lib/api/types"
import { useAppSelector } from "@/lib/store"
import { selectViews } from "@/lib/sync/select"

export interface BoardQuery {
  query: string
  /** What stands before it for the server, so that only this project is searched. */
  prefix: string
  ask: (query: string) => void
  view: View | undefined
  /** The tasks that it means; undefined where nothing is asked, or no answer is here. */
  only: ReadonlySet<string> | undefined
  error: unknown
  isFetching: boolean
  /** Whether there is a field for it: it is out of the way until it is wanted. */
  isOpen: boolean
  wasOpened: boolean
  open: () => void
}

/** The query of a board's address, or of the view that the address names. */
export function useBoardQuery(project: Project | undefined): BoardQuery {
  const [params, setParams] = useSearchParams()
  const viewId = params.get("view")
  const view = useAppSelector(selectViews).find(({ id }) => id === viewId)
  const query = params.get("query") ?? view?.query ?? ""
  const prefix = `project:${project?.id ?? ""} (`
  const isAsked = query !== "" && project !== undefined
  const { currentData, error, isFetching } = useMatchTasksQuery(`${prefix}${query})`, { skip: !isAsked, refetchOnMountOrArgChange: true })
  const only = useMemo(() => (isAsked && currentData ? new Set(currentData) : undefined), [isAsked, currentData])
  const kept = view?.query ?? ""
  const ask = useCallback(
    (wanted: string) =>
      setParams(
        (now) => {
          if (wanted === kept) now.delete("query")
          else now.set("query", wanted)
          return now
        },
        { replace: true },
      ),
    [setParams, kept],
  )
  const [wasOpened, setOpened] = useState(false)
  const isOpen = wasOpened || query !== "" || view !== undefined
  return { isOpen, wasOpened, open: () => setOpened(true), query, prefix, ask, view, only, error: isAsked ? error : undefined, isFetching }
}

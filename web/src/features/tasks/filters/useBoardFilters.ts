import { useCallback, useMemo } from "react"
import { useSearchParams } from "react-router"
import { noFilters, readFilters, writeFilters, type BoardFilters } from "./boardFilters"

/** The address is the only place the filters live: a link shows what you see, and Back works. */
export function useBoardFilters() {
  const [params, setParams] = useSearchParams()
  const filters = useMemo(() => readFilters(params), [params])

  const setFilters = useCallback(
    (change: Partial<BoardFilters>) =>
      setParams((now) => writeFilters(now, { ...readFilters(now), ...change }), { replace: true }),
    [setParams],
  )
  const clearFilters = useCallback(() => setFilters(noFilters), [setFilters])

  return { filters, setFilters, clearFilters }
}

import { useCallback, useEffect, useMemo } from "react"
import { useSearchParams } from "react-router"
import { useRegion } from "@/lib/useRegion"
import { readRange, writeRange, type Range } from "./range"

/** The range of the address. It says all of it, the time zone too: whoever gets the link sees the same numbers. */
export function useRange(): [Range, (range: Range) => void] {
  const { timeZone } = useRegion()
  const [params, setParams] = useSearchParams()
  const range = useMemo(() => readRange(params, timeZone), [params, timeZone])
  const isSaid = params.has("zone")
  const setRange = useCallback((next: Range) => setParams((now) => writeRange(now, next), { replace: true }), [setParams])
  useEffect(() => {
    if (!isSaid) setRange(range)
  }, [isSaid, range, setRange])
  return [range, setRange]
}

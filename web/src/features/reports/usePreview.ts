import { skipToken } from "@reduxjs/toolkit/query"
import { useEffect, useState } from "react"
import type { AskedReport } from "@/lib/api/types"
import { useRunReportQuery } from "./api"
import { askedOf, type Draft } from "./draft"

const PAUSE_MS = 400

/** What a draft comes to, once nobody has changed it for a moment. */
export function usePreview(draft: Draft) {
  const wanted = JSON.stringify(askedOf(draft))
  const [asked, setAsked] = useState(wanted)
  useEffect(() => {
    const timer = setTimeout(() => setAsked(wanted), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [wanted])
  const question = JSON.parse(asked) as AskedReport | null
  const { data, error, isFetching, refetch } = useRunReportQuery(question ?? skipToken, { refetchOnMountOrArgChange: true })
  const isRested = asked === wanted
  return {
    /** The last that could be counted, also while the next is under way. */
    result: error || !question ? undefined : data,
    error: isFetching ? undefined : error,
    /** What is wrong with the query that stands, not with the one before. */
    queryError: isRested && !isFetching ? error : undefined,
    isBusy: !isRested || isFetching,
    refetch,
  }
}

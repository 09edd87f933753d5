import { useEffect, useState } from "react"
import { isMissing } from "@/lib/api/problem"
import { SLUG } from "@/lib/slug"
import { useGetDoorQuery } from "./api"

const TYPING_MS = 350

/** How the workspace of a typed address lets people in, once it is known. */
export function useDoor(slug: string) {
  const settled = useSettled(slug)
  const { currentData, error } = useGetDoorQuery(settled, { skip: !SLUG.test(settled) })
  const current = settled === slug
  return { door: current ? currentData : undefined, isUnknown: current && currentData === undefined && isMissing(error) }
}

/** The value, once it has not changed for a moment. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), TYPING_MS)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}

import { useEffect } from "react"
import { useLocation } from "react-router"
import { placeOf, rememberRecent } from "@/features/search/recent"
import { selectUser } from "@/lib/session"
import { useAppSelector } from "@/lib/store"

/** The palette offers first where somebody has last been. */
export function useRememberedPlaces(): void {
  const { pathname, search } = useLocation()
  const me = useAppSelector(selectUser)?.id
  useEffect(() => {
    const place = placeOf(pathname, search)
    if (me && place) rememberRecent(me, place)
  }, [me, pathname, search])
}

import { useEffect, useMemo } from "react"
import type { User } from "@/lib/api/types"
import { selectUser } from "@/lib/session"
import { useAppSelector } from "@/lib/store"
import { selectPresent } from "@/lib/sync/presenceSlice"
import { watchPlace, type Place, type Present } from "@/lib/sync/watching"
import { useBePresentMutation, useLeaveMutation } from "./api"

const EVERY_MS = 20_000

export interface Company {
  person: User
  doing: Present["doing"]
}

/** Says that somebody is here, for as long as they look, and gives back who else is. */
export function usePresence(place: Place["place"], id: string, people: User[], doing: Present["doing"] = "looking"): Company[] {
  const [bePresent] = useBePresentMutation()
  const [leave] = useLeaveMutation()
  const me = useAppSelector(selectUser)?.id
  const present = useAppSelector((state) => selectPresent(state, place, id))

  useEffect(() => watchPlace({ place, id }), [place, id])

  useEffect(() => {
    const say = () => {
      if (document.visibilityState === "visible" && navigator.onLine) void bePresent({ place, id, doing })
    }
    say()
    const timer = setInterval(say, EVERY_MS)
    document.addEventListener("visibilitychange", say)
    return () => {
      clearInterval(timer)
      document.removeEventListener("visibilitychange", say)
    }
  }, [bePresent, place, id, doing])

  useEffect(
    () => () => {
      if (navigator.onLine) void leave({ place, id })
    },
    [leave, place, id],
  )

  return useMemo(
    () =>
      present.flatMap((one) => {
        const person = one.user_id === me ? undefined : people.find((known) => known.id === one.user_id)
        return person ? [{ person, doing: one.doing }] : []
      }),
    [present, people, me],
  )
}

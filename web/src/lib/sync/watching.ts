/** Where somebody can be seen to be. */
export interface Place {
  place: "task" | "project"
  id: string
}

export interface Present {
  user_id: string
  doing: "looking" | "typing"
}

/** People as the subscription tells them. */
export function presenceOf(data: unknown): Present[] {
  const people = typeof data === "object" && data !== null && "people" in data && Array.isArray(data.people) ? (data.people as unknown[]) : []
  return people.flatMap((one) => {
    const { userId, doing } = one as { userId?: unknown; doing?: unknown }
    return typeof userId === "string" ? [{ user_id: userId, doing: String(doing).toLowerCase() === "typing" ? ("typing" as const) : ("looking" as const) }] : []
  })
}

const watched = new Map<string, { place: Place; by: number }>()
let changed: (places: Place[]) => void = () => undefined

export function placeKey({ place, id }: Place): string {
  return `${place}:${id}`
}

/** A part of this tab shows who is at a place; gives back what ends it. */
export function watchPlace(place: Place): () => void {
  const key = placeKey(place)
  watched.set(key, { place, by: (watched.get(key)?.by ?? 0) + 1 })
  changed(watchedPlaces())
  return () => {
    const by = (watched.get(key)?.by ?? 1) - 1
    if (by > 0) watched.set(key, { place, by })
    else watched.delete(key)
    changed(watchedPlaces())
  }
}

export function watchedPlaces(): Place[] {
  return [...watched.values()].map(({ place }) => place)
}

/** Whoever has the socket wants to know. */
export function whenWatchedChanges(tell: (places: Place[]) => void): void {
  changed = tell
}

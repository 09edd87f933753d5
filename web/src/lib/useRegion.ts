import { region } from "./region"
import { selectUser } from "./session"
import { useAppSelector } from "./store"

/** The region, read anew when whoever is signed in changes theirs. */
export function useRegion() {
  useAppSelector((state) => `${selectUser(state)?.locale} ${selectUser(state)?.time_zone}`)
  return region()
}

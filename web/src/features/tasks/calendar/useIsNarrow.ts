import { useSyncExternalStore } from "react"

const NARROW = "(max-width: 639px)"

/** On a phone seven days have no room side by side. */
export function useIsNarrow(): boolean {
  return useSyncExternalStore(
    (onChange) => {
      const media = matchMedia(NARROW)
      media.addEventListener("change", onChange)
      return () => media.removeEventListener("change", onChange)
    },
    () => matchMedia(NARROW).matches,
  )
}

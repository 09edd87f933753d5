import { useCallback, useState } from "react"
import { useSearchParams } from "react-router"

/** Whether the page's dialog for something new is open: by its button, or because an address with `new` led here. */
export function useCreating(): [creating: boolean, setCreating: (creating: boolean) => void] {
  const [params, setParams] = useSearchParams()
  const [creating, setCreating] = useState(false)
  const isAsked = params.has("new")
  const set = useCallback(
    (wanted: boolean) => {
      setCreating(wanted)
      if (isAsked)
        setParams(
          (now) => {
            now.delete("new")
            return now
          },
          { replace: true },
        )
    },
    [isAsked, setParams],
  )
  return [creating || isAsked, set]
}

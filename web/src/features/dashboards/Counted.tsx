import { useEffect, useEffectEvent } from "react"
import { clockTime } from "@/lib/dates"
import { Button } from "@/ui/Button"
import type { Freshness } from "./api"
import { plural } from "./words"

interface CountedProps {
  fresh: Freshness
  isBusy: boolean
  onRefresh: () => void
}

const AGAIN_MS = 4_000

/** How fresh the numbers are, and how to have newer ones; what is on the way is asked for again, calmly. */
export function Counted({ fresh: { as_of, behind }, isBusy, onRefresh }: CountedProps) {
  const again = useEffectEvent(() => {
    if (document.visibilityState === "visible") onRefresh()
  })
  useEffect(() => {
    if (behind === 0) return
    const timer = setTimeout(again, AGAIN_MS)
    return () => clearTimeout(timer)
  }, [behind, as_of])

  return (
    <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-ink-muted">
      <span>
        Counted at {clockTime(as_of)}
        {behind > 0 && `; ${plural(behind, "change is", "changes are")} still on the way`}
      </span>
      <Button size="sm" variant="ghost" busy={isBusy} onClick={onRefresh}>
        Count again
      </Button>
    </p>
  )
}

import { Link } from "react-router"
import type { TimeEntry } from "@/lib/api/types"
import { useShortcuts } from "@/lib/shortcuts"
import { Button } from "@/ui/Button"
import { useGetTimerQuery, useStopTimerMutation } from "./api"
import { asClock } from "./durations"
import { useRunningSeconds } from "./useRunningSeconds"

/** The timer that runs, on every page; nothing where none does. */
export function TimerBar({ linkTo }: { linkTo: (timer: TimeEntry) => string }) {
  const { data: timer } = useGetTimerQuery()
  return timer ? <Running timer={timer} to={linkTo(timer)} /> : null
}

function Running({ timer, to }: { timer: TimeEntry; to: string }) {
  const seconds = useRunningSeconds(timer.started_at)
  const [stop, { isLoading }] = useStopTimerMutation()
  useShortcuts({ stopTimer: () => void stop(timer) })
  return (
    <section aria-label="Running timer" className="flex h-10 shrink-0 items-center gap-3 border-b border-line bg-accent-soft px-4 text-sm text-accent-ink sm:px-6">
      <span aria-hidden="true" className="size-2 shrink-0 animate-[shimmer_1.6s_ease-in-out_infinite] rounded-full bg-accent" />
      <span role="timer" aria-label="Time on it" className="font-semibold tabular-nums">
        {asClock(seconds)}
      </span>
      <Link to={to} className="min-w-0 flex-1 truncate hover:underline">
        <span className="font-medium">{timer.task_key}</span> {timer.task_title}
      </Link>
      <Button size="sm" icon="stop" busy={isLoading} onClick={() => void stop(timer)}>
        Stop timer
      </Button>
    </section>
  )
}

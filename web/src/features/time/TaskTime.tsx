import { useState } from "react"
import type { TimeEntry, User } from "@/lib/api/types"
import { clockTime, shortDate } from "@/lib/dates"
import { fullName } from "@/lib/people"
import { selectCanWrite, selectUser } from "@/lib/session"
import { useAppDispatch, useAppSelector } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { Avatar } from "@/ui/Avatar"
import { Badge } from "@/ui/Badge"
import { Button, IconButton } from "@/ui/Button"
import { ErrorNotice } from "@/ui/states"
import { AddTimeForm } from "./AddTimeForm"
import { useAddTimeMutation, useDeleteTimeMutation, useGetTaskTimeInfiniteQuery, useGetTimerQuery, useStartTimerMutation, useStopTimerMutation } from "./api"
import { asClock, asWords } from "./durations"
import { useRunningSeconds } from "./useRunningSeconds"

/** Time on a task: the timer, what was worked, and what somebody writes down themselves. */
export function TaskTime({ taskId, people }: { taskId: string; people: User[] }) {
  const canWrite = useAppSelector(selectCanWrite)
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useGetTaskTimeInfiniteQuery(taskId)
  const { data: timer } = useGetTimerQuery()
  const [start, { isLoading: isStarting }] = useStartTimerMutation()
  const [stop, { isLoading: isStopping }] = useStopTimerMutation()
  const [adding, setAdding] = useState(false)
  const entries = (data?.pages.flatMap(({ items }) => items) ?? []).filter(({ stopped_at }) => stopped_at !== null)
  const worked = entries.reduce((sum, { minutes }) => sum + (minutes ?? 0), 0)
  const running = timer?.task_id === taskId ? timer : null

  return (
    <section aria-labelledby="time-heading" className="mt-8">
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <h3 id="time-heading" className="mr-auto text-sm font-semibold text-ink">
          Time
          {entries.length > 0 && (
            <span className="ml-2 font-normal text-ink-faint tabular-nums">
              {asWords(worked)}
              {hasNextPage && " and more"}
            </span>
          )}
        </h3>
        {canWrite && (
          <>
            {running ? (
              <Button size="sm" icon="stop" busy={isStopping} onClick={() => void stop(running)}>
                Stop timer <RunningTime startedAt={running.started_at} />
              </Button>
            ) : (
              <Button size="sm" icon="play" busy={isStarting} onClick={() => void start(taskId)}>
                Start timer
              </Button>
            )}
            <Button size="sm" icon="plus" aria-expanded={adding} onClick={() => setAdding(!adding)}>
              Add time
            </Button>
          </>
        )}
      </div>
      {timer && !running && canWrite && (
        <p className="mb-2 text-xs text-ink-faint">
          Your timer runs on {timer.task_key}. To start it here stops it there.
        </p>
      )}
      {adding && <AddTimeForm taskId={taskId} onClose={() => setAdding(false)} />}
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {entries.length > 0 && (
        <ul aria-label="Time entries" className="divide-y divide-line rounded-lg border border-line">
          {entries.map((entry) => (
            <Entry key={entry.id} entry={entry} person={people.find(({ id }) => id === entry.user_id)} />
          ))}
        </ul>
      )}
      {hasNextPage && (
        <Button size="sm" variant="ghost" className="mt-2" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show older
        </Button>
      )}
    </section>
  )
}

function RunningTime({ startedAt }: { startedAt: string }) {
  return <span className="tabular-nums">{asClock(useRunningSeconds(startedAt))}</span>
}

function Entry({ entry, person }: { entry: TimeEntry; person: User | undefined }) {
  const dispatch = useAppDispatch()
  const me = useAppSelector(selectUser)?.id
  const [add] = useAddTimeMutation()
  const [remove, { isLoading }] = useDeleteTimeMutation()
  const { started_at, stopped_at, minutes, note, is_billable, user_id, task_id } = entry
  const words = asWords(minutes ?? 0)

  const drop = async () => {
    const { data } = await remove(entry)
    if (data === undefined) return
    const undo = () => void add({ taskId: task_id, entry: { started_at, minutes: minutes ?? 1, note, is_billable } })
    dispatch(showToast(`Deleted ${words}`, { action: { label: "Undo", run: undo } }))
  }
  return (
    <li className="flex items-center gap-2.5 py-1.5 pr-1.5 pl-3 text-sm">
      <Avatar person={person} size="sm" />
      <div className="min-w-0 flex-1">
        <p className="truncate text-ink">
          <span className="font-medium tabular-nums">{words}</span>
          {note && <span className="text-ink-muted"> · {note}</span>}
        </p>
        <p className="truncate text-xs text-ink-faint tabular-nums">
          {person && `${fullName(person)}, `}
          {shortDate(started_at)}, {clockTime(started_at)}–{stopped_at && clockTime(stopped_at)}
        </p>
      </div>
      {!is_billable && <Badge>Not billable</Badge>}
      {user_id === me && (
        <IconButton icon="trash" label={`Delete ${words} of ${shortDate(started_at)}`} disabled={isLoading} onClick={() => void drop()} />
      )}
    </li>
  )
}

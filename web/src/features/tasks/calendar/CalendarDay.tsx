import { useDroppable } from "@dnd-kit/core"
import type { ReactNode } from "react"
import type { TaskRow } from "@/lib/sync/models"

interface CalendarDayProps {
  day: string
  /** As the person writes it in full. */
  name: string
  tasks: readonly TaskRow[]
  isToday: boolean
  isOutside: boolean
  isTarget: boolean
  isWhole: boolean
  onWhole: (day: string) => void
  children: (task: TaskRow) => ReactNode
}

/** So many are shown before the rest is asked for. */
const SHOWN = 4

export function CalendarDay({ day, name, tasks, isToday, isOutside, isTarget, isWhole, onWhole, children }: CalendarDayProps) {
  const { setNodeRef, isOver } = useDroppable({ id: day })
  const hidden = isWhole ? 0 : Math.max(0, tasks.length - SHOWN)
  return (
    <td
      ref={setNodeRef}
      data-day={day}
      className={`h-28 border border-line p-1 align-top ${isOver || isTarget ? "bg-selected outline-2 -outline-offset-2 outline-accent" : isOutside ? "bg-sunken" : "bg-canvas"}`}
    >
      <p className="mb-1 flex justify-end px-0.5">
        <span className={`inline-flex h-5 min-w-5 items-center justify-center rounded-full text-xs tabular-nums ${isToday ? "bg-accent px-1 font-semibold text-ink-inverse" : isOutside ? "text-ink-faint" : "text-ink-muted"}`}>
          <span aria-hidden="true">{Number(day.slice(8))}</span>
          <span className="sr-only">
            {name}
            {isToday && ", today"}
          </span>
        </span>
      </p>
      {tasks.length > 0 && (
        <ul aria-label={`Due ${name}`} className="space-y-1">
          {tasks.slice(0, tasks.length - hidden).map((task) => (
            <li key={task.id}>{children(task)}</li>
          ))}
        </ul>
      )}
      {hidden > 0 && (
        <button type="button" onClick={() => onWhole(day)} className="mt-1 w-full rounded-md px-1.5 text-left text-xs text-ink-muted hover:bg-hover hover:text-ink">
          {hidden} more<span className="sr-only"> on {name}</span>
        </button>
      )}
    </td>
  )
}

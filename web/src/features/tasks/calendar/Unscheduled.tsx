import { useDroppable } from "@dnd-kit/core"
import { useState, type ReactNode } from "react"
import type { TaskRow } from "@/lib/sync/models"
import { Button } from "@/ui/Button"

interface UnscheduledProps {
  tasks: readonly TaskRow[]
  isTarget: boolean
  children: (task: TaskRow) => ReactNode
}

export const NO_DAY = "no day"
const PAGE = 50

/** What has no date yet: from here to a day, and from a day to here. */
export function Unscheduled({ tasks, isTarget, children }: UnscheduledProps) {
  const { setNodeRef, isOver } = useDroppable({ id: NO_DAY })
  const [most, setMost] = useState(PAGE)
  return (
    <section
      ref={setNodeRef}
      aria-labelledby="unscheduled"
      className={`shrink-0 overflow-y-auto rounded-lg border border-line p-2 scroll-thin lg:w-60 ${isOver || isTarget ? "bg-selected outline-2 outline-accent" : "bg-sunken"}`}
    >
      <h2 id="unscheduled" className="mb-2 flex items-center gap-2 px-1 text-sm font-medium text-ink">
        No date
        <span className="text-xs font-normal text-ink-muted tabular-nums">{tasks.length}</span>
      </h2>
      {tasks.length === 0 ? (
        <p className="px-1 pb-1 text-xs text-ink-muted">Every open task has a due date. Drag one here to take its date away.</p>
      ) : (
        <ul className="space-y-1">
          {tasks.slice(0, most).map((task) => (
            <li key={task.id}>{children(task)}</li>
          ))}
        </ul>
      )}
      {tasks.length > most && (
        <Button size="sm" variant="ghost" className="mt-2 w-full" onClick={() => setMost(most + PAGE)}>
          Show more ({tasks.length - most} left)
        </Button>
      )}
    </section>
  )
}

import { useDraggable } from "@dnd-kit/core"
import type { KeyboardEvent } from "react"
import type { State } from "@/lib/api/types"
import { dueDate } from "@/lib/dates"
import type { TaskRow } from "@/lib/sync/models"
import { Icon } from "@/ui/icons"
import { StateDot } from "@/ui/StateDot"

interface CalendarTaskProps {
  task: TaskRow
  state: State | undefined
  isOpen: boolean
  isLifted: boolean
  canWrite: boolean
  onOpen: (taskId: string) => void
  onKeyDown: (event: KeyboardEvent, task: TaskRow) => void
}

export const CALENDAR_HELP_ID = "calendar-help"

export function CalendarTask({ task, state, isOpen, isLifted, canWrite, onOpen, onKeyDown }: CalendarTaskProps) {
  const { setNodeRef, listeners, isDragging } = useDraggable({ id: task.id, disabled: !canWrite })
  return (
    <button
      ref={setNodeRef}
      type="button"
      data-card={task.id}
      aria-label={nameOf(task, state)}
      aria-describedby={CALENDAR_HELP_ID}
      title={`${task.key} ${task.title}`}
      {...listeners}
      onClick={() => onOpen(task.id)}
      onKeyDown={(event) => onKeyDown(event, task)}
      onKeyUp={(event) => event.key === " " && event.preventDefault()}
      className={`block w-full rounded-md border text-left transition-colors duration-100 ${isOpen ? "border-accent bg-accent-soft" : "border-line bg-raised hover:border-line-strong hover:bg-hover"} ${isDragging || isLifted ? "opacity-45" : ""}`}
    >
      <CalendarTaskBody task={task} state={state} />
    </button>
  )
}

/** Also what hangs on the pointer while it is dragged. */
export function CalendarTaskBody({ task, state }: Pick<CalendarTaskProps, "task" | "state">) {
  const isDone = isEnded(state)
  const isOverdue = task.due_date !== null && dueDate(task.due_date, isDone).tone === "overdue"
  return (
    <span className={`flex min-h-6 items-center gap-1.5 px-1.5 text-xs pointer-coarse:min-h-9 ${isOverdue ? "text-danger-ink" : isDone ? "text-ink-muted" : "text-ink"}`}>
      {isOverdue ? <Icon name="alert" className="size-3.5" /> : <StateDot category={state?.category ?? "unstarted"} />}
      <span className={`truncate ${isDone ? "line-through" : ""}`}>{task.title}</span>
    </span>
  )
}

function nameOf(task: TaskRow, state: State | undefined): string {
  const due = task.due_date ? dueDate(task.due_date, isEnded(state)) : null
  return [`${task.key} ${task.title}`, state?.name ?? task.status, due ? due.title : "no date", ...(due?.tone === "overdue" ? ["overdue"] : [])].join(", ")
}

function isEnded(state: State | undefined): boolean {
  return state?.category === "completed" || state?.category === "cancelled"
}

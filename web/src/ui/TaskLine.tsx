import type { ReactNode } from "react"
import { Link, type To } from "react-router"
import type { StateCategory, Task, User } from "@/lib/api/types"
import { dueDate } from "@/lib/dates"
import { Avatar } from "./Avatar"
import { PriorityIcon } from "./PriorityIcon"
import { StateDot } from "./StateDot"

interface TaskLineProps {
  task: Pick<Task, "id" | "key" | "title" | "priority" | "due_date">
  state: { name: string; category: StateCategory } | undefined
  assignee: User | undefined
  to: To
  isOpen?: boolean
  /** Below the title: where it belongs, what it waits for. */
  children?: ReactNode
}

const dueTones = { overdue: "text-danger-ink", soon: "text-warning-ink", later: "text-ink-faint" } as const

/** A task as a row of a list. J and K find it by `data-row`. */
export function TaskLine({ task, state, assignee, to, isOpen = false, children }: TaskLineProps) {
  const isDone = state?.category === "completed" || state?.category === "cancelled"
  const due = task.due_date ? dueDate(task.due_date, isDone) : null
  return (
    <li
      data-row-of={task.id}
      className={`relative flex items-center gap-3 border-b border-line px-3 py-2 transition-colors duration-100 last:border-0 hover:bg-hover sm:px-4 pointer-coarse:py-3 ${isOpen ? "bg-selected" : ""}`}
    >
      <PriorityIcon priority={task.priority} named />
      {state && (
        <span title={state.name} className="inline-flex">
          <StateDot category={state.category} />
          <span className="sr-only">{state.name}</span>
        </span>
      )}
      <div className="min-w-0 flex-1">
        <Link
          to={to}
          data-row={task.id}
          className={`block truncate text-sm outline-none! after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-ring ${isDone ? "text-ink-muted" : "text-ink"}`}
        >
          <span className="mr-1.5 text-xs font-medium text-ink-faint tabular-nums">{task.key}</span>
          {task.title}
        </Link>
        {children && <div className="truncate text-xs text-ink-faint">{children}</div>}
      </div>
      {due && (
        <span className={`shrink-0 text-xs tabular-nums ${dueTones[due.tone]}`} title={due.title}>
          {due.text}
        </span>
      )}
      <Avatar person={assignee} size="sm" />
    </li>
  )
}

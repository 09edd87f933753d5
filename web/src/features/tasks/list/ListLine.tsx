import { memo, type ReactNode } from "react"
import type { User, State, Tag } from "@/lib/api/types"
import { dueDate, relativeTime, shortDate } from "@/lib/dates"
import { formatNumber } from "@/lib/region"
import { fullName } from "@/lib/people"
import type { TaskPatch } from "@/lib/sync/actions"
import type { TaskRow } from "@/lib/sync/models"
import { Avatar } from "@/ui/Avatar"
import { Icon } from "@/ui/icons"
import { PriorityIcon, priorityNames } from "@/ui/PriorityIcon"
import { StateDot } from "@/ui/StateDot"
import { TagChip } from "@/ui/TagChip"
import { CellEditor, type EditedField } from "./CellEditor"
import type { ColumnName } from "./listSettings"

/** What the ids in a task stand for, looked up. */
export interface Lookup {
  states: State[]
  people: User[]
  stateOf: ReadonlyMap<string, State>
  personOf: ReadonlyMap<string, User>
  milestoneOf: ReadonlyMap<string, string>
  tagColors: ReadonlyMap<Tag["name"], string | null>
}

interface ListLineProps {
  /** Of this line: a task can stand in two groups. */
  id: string
  index: number
  top: number
  task: TaskRow
  columns: readonly ColumnName[]
  template: string
  lookup: Lookup
  isActive: boolean
  isSelected: boolean
  isOpen: boolean
  canWrite: boolean
  editing: EditedField | null
  onOpen: (taskId: string) => void
  onSelect: (taskId: string, index: number, range: boolean) => void
  onEdit: (line: string, field: EditedField) => void
  onSave: (taskId: string, patch: TaskPatch) => void
  onDone: (line: string, back: boolean) => void
}

export const ROW_HEIGHT = 40
const dueTones = { overdue: "text-danger-ink", soon: "text-warning-ink", later: "text-ink-muted" } as const
const EDITABLE: readonly string[] = ["status", "assignee", "priority", "start", "due"]

export const ListLine = memo(function ListLine(line: ListLineProps) {
  const { id, index, top, task, columns, template, lookup, isActive, isSelected, isOpen, canWrite, editing, onOpen, onSelect, onEdit, onSave, onDone } = line
  const category = lookup.stateOf.get(task.status)?.category ?? "unstarted"
  const isDone = category === "completed" || category === "cancelled"
  const tabIndex = isActive ? 0 : -1
  const editor = (field: EditedField) => (
    <CellEditor field={field} task={task} lookup={lookup} onSave={(patch) => onSave(task.id, patch)} onDone={(back) => onDone(id, back)} />
  )

  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      data-line={id}
      className={`group absolute grid w-full items-center border-b border-line text-sm ${isSelected ? "bg-selected" : isOpen ? "bg-hover" : "bg-canvas hover:bg-hover"}`}
      style={{ top, height: ROW_HEIGHT, gridTemplateColumns: template }}
    >
      <div role="gridcell" className="flex justify-center">
        {canWrite && (
          <input
            type="checkbox"
            tabIndex={tabIndex}
            aria-label={`Select ${task.key}`}
            checked={isSelected}
            onChange={() => undefined}
            onClick={(event) => onSelect(task.id, index, event.shiftKey)}
            className="size-4 cursor-pointer accent-accent opacity-0 group-hover:opacity-100 checked:opacity-100 focus-visible:opacity-100 pointer-coarse:opacity-100"
          />
        )}
      </div>
      <div role="gridcell" className="truncate text-xs text-ink-muted tabular-nums">
        {task.key}
      </div>
      <div role="rowheader" className="flex min-w-0 items-center gap-1 pr-2">
        {editing === "title" ? (
          editor("title")
        ) : (
          <button
            type="button"
            data-card={task.id}
            tabIndex={tabIndex}
            onClick={() => onOpen(task.id)}
            onDoubleClick={() => canWrite && onEdit(id, "title")}
            title={task.title}
            className={`h-8 min-w-0 flex-1 truncate rounded-md px-1.5 text-left focus-visible:-outline-offset-2 ${isDone ? "text-ink-muted" : "text-ink"}`}
          >
            {task.title}
          </button>
        )}
      </div>
      {columns.map((name) => {
        const field = EDITABLE.includes(name) && canWrite ? (name as EditedField) : null
        return (
          <div key={name} role="gridcell" className="min-w-0 pr-1" data-field={name}>
            {field === null ? (
              <div className="truncate px-2">{valueOf(name, task, lookup, isDone)}</div>
            ) : editing === field ? (
              editor(field)
            ) : (
              <button
                type="button"
                tabIndex={tabIndex}
                aria-label={`${LABELS[field]}: ${wordsOf(field, task, lookup)}`}
                onClick={() => onEdit(id, field)}
                className="flex h-8 w-full min-w-0 items-center gap-2 rounded-md px-2 text-left hover:bg-raised focus-visible:-outline-offset-2"
              >
                {valueOf(name, task, lookup, isDone)}
              </button>
            )}
          </div>
        )
      })}
    </div>
  )
})

const LABELS: Record<EditedField, string> = {
  title: "Title",
  status: "Status",
  assignee: "Assignee",
  priority: "Priority",
  start: "Start date",
  due: "Due date",
}

function wordsOf(field: EditedField, task: TaskRow, { stateOf, personOf }: Lookup): string {
  const person = task.assignee_id ? personOf.get(task.assignee_id) : undefined
  switch (field) {
    case "title":
      return task.title
    case "status":
      return stateOf.get(task.status)?.name ?? task.status
    case "assignee":
      return person ? fullName(person) : "Unassigned"
    case "priority":
      return priorityNames[task.priority]
    case "start":
      return task.start_date ? shortDate(task.start_date) : "none"
    case "due":
      return task.due_date ? shortDate(task.due_date) : "none"
  }
}

function valueOf(column: ColumnName, task: TaskRow, lookup: Lookup, isDone: boolean): ReactNode {
  switch (column) {
    case "status": {
      const state = lookup.stateOf.get(task.status)
      return (
        <>
          {state && <StateDot category={state.category} />}
          <span className="truncate">{state?.name ?? task.status}</span>
        </>
      )
    }
    case "assignee": {
      const person = task.assignee_id ? lookup.personOf.get(task.assignee_id) : undefined
      return (
        <>
          <Avatar person={person} size="sm" />
          {person && <span className="truncate">{fullName(person)}</span>}
        </>
      )
    }
    case "priority":
      return (
        <>
          <PriorityIcon priority={task.priority} />
          {priorityNames[task.priority]}
        </>
      )
    case "start":
      return task.start_date ? <span className="truncate text-ink-muted">{shortDate(task.start_date)}</span> : <Nothing />
    case "due": {
      const due = task.due_date ? dueDate(task.due_date, isDone) : null
      if (!due) return <Nothing />
      return (
        <span className={`flex min-w-0 items-center gap-1 ${dueTones[due.tone]}`} title={due.tone === "overdue" ? `${due.title}, overdue` : due.title}>
          {due.tone === "overdue" && <Icon name="alert" className="size-3.5" />}
          <span className="truncate">{due.text}</span>
        </span>
      )
    }
    case "estimate":
      return task.estimated_hours === null ? <Nothing /> : <span className="text-ink-muted tabular-nums">{formatNumber(Number(task.estimated_hours))} h</span>
    case "tags":
      return (
        <span className="flex gap-1.5 overflow-hidden text-2xs">
          {task.tags.slice(0, 3).map((tag) => (
            <TagChip key={tag} name={tag} color={lookup.tagColors.get(tag)} />
          ))}
          {task.tags.length > 3 && <span title={task.tags.slice(3).join(", ")}>+{task.tags.length - 3}</span>}
        </span>
      )
    case "milestone":
      return <span className="truncate text-ink-muted">{task.milestone_id ? lookup.milestoneOf.get(task.milestone_id) : ""}</span>
    case "updated":
      return <span className="text-xs text-ink-muted">{relativeTime(task.updated_at)}</span>
  }
}

function Nothing() {
  return <span className="text-ink-muted opacity-0 group-hover:opacity-100">–</span>
}

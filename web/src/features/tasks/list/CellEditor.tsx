import { dueAtEndOf } from "@/lib/dates"
import type { TaskPatch } from "@/lib/sync/actions"
import type { TaskRow } from "@/lib/sync/models"
import { AssigneeSelect, PrioritySelect, StatusSelect } from "../panel/selects"
import { Opened, Typed, TypedDay } from "./editors"
import type { Lookup } from "./ListLine"

export type EditedField = "title" | "status" | "assignee" | "priority" | "start" | "due"

interface CellEditorProps {
  field: EditedField
  task: TaskRow
  lookup: Lookup
  onSave: (patch: TaskPatch) => void
  onDone: (back: boolean) => void
}

/** What a cell becomes while it is edited. */
export function CellEditor({ field, task, lookup, onSave, onDone }: CellEditorProps) {
  const choose = (patch: TaskPatch) => {
    onSave(patch)
    onDone(true)
  }
  switch (field) {
    case "title":
      return <Typed label="Title" type="text" value={task.title} onSave={(title) => title.trim() && onSave({ title: title.trim() })} onDone={onDone} />
    case "status":
      return (
        <Opened onDone={onDone}>
          <StatusSelect states={lookup.states} value={task.status} onChange={(status) => choose({ status })} />
        </Opened>
      )
    case "assignee":
      return (
        <Opened onDone={onDone}>
          <AssigneeSelect people={lookup.people} value={task.assignee_id} onChange={(assignee_id) => choose({ assignee_id })} />
        </Opened>
      )
    case "priority":
      return (
        <Opened onDone={onDone}>
          <PrioritySelect value={task.priority} onChange={(priority) => choose({ priority })} />
        </Opened>
      )
    case "start":
      return <TypedDay label="Start date" value={task.start_date} onSave={(day) => onSave({ start_date: day || null })} onDone={onDone} />
    case "due":
      return <TypedDay label="Due date" value={task.due_date} onSave={(day) => onSave({ due_date: dueAtEndOf(day) })} onDone={onDone} />
  }
}

import type { ReactNode } from "react"
import type { State, Tag, Task, User } from "@/lib/api/types"
import { dueAtEndOf } from "@/lib/dates"
import type { TaskPatch } from "@/lib/sync/actions"
import { DateField } from "./DateField"
import { EstimateField } from "./EstimateField"
import { AssigneeSelect, PrioritySelect, StatusSelect } from "./selects"
import { TagsField } from "./TagsField"

interface PropertiesProps {
  task: Task
  states: State[]
  people: User[]
  tags: Tag[]
  canWrite: boolean
  onSave: (patch: TaskPatch) => void
}

export function Properties({ task, states, people, tags, canWrite, onSave }: PropertiesProps) {
  const disabled = !canWrite
  return (
    <dl aria-label="Properties" className="mt-3 grid grid-cols-[6.5rem_minmax(0,1fr)] items-start gap-y-0.5">
      <Row name="Status">
        <StatusSelect states={states} value={task.status} disabled={disabled} onChange={(status) => onSave({ status })} />
      </Row>
      <Row name="Priority">
        <PrioritySelect value={task.priority} disabled={disabled} onChange={(priority) => onSave({ priority })} />
      </Row>
      <Row name="Assignee">
        <AssigneeSelect
          people={people}
          value={task.assignee_id}
          disabled={disabled}
          onChange={(assignee_id) => onSave({ assignee_id })}
        />
      </Row>
      <Row name="Start date">
        <DateField label="Start date" value={task.start_date} disabled={disabled} onChange={(day) => onSave({ start_date: day || null })} />
      </Row>
      <Row name="Due date">
        <DateField label="Due date" value={task.due_date} disabled={disabled} onChange={(day) => onSave({ due_date: dueAtEndOf(day) })} />
      </Row>
      <Row name="Estimate">
        <EstimateField
          key={task.estimated_hours}
          hours={task.estimated_hours}
          disabled={disabled}
          onChange={(estimated_hours) => onSave({ estimated_hours })}
        />
      </Row>
      <Row name="Tags">
        <TagsField tags={task.tags} known={tags} disabled={disabled} onChange={(next) => onSave({ tags: next })} />
      </Row>
    </dl>
  )
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="flex min-h-8 items-center text-sm text-ink-faint pointer-coarse:min-h-10">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  )
}

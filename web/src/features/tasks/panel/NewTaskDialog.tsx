import { useState, type SubmitEvent } from "react"
import type { Priority, State, User } from "@/lib/api/types"
import { useAppDispatch } from "@/lib/store"
import { createTask } from "@/lib/sync/perform"
import { uuid7 } from "@/lib/uuid"
import { Button } from "@/ui/Button"
import { Dialog } from "@/ui/Dialog"
import { AreaField, Field } from "@/ui/Field"
import { without, type Part } from "../quickadd/parseQuickAdd"
import { UnderstoodChips } from "../quickadd/UnderstoodChips"
import { fieldsOf, useQuickAdd } from "../quickadd/useQuickAdd"
import { AssigneeSelect, PrioritySelect, StatusSelect } from "./selects"

interface NewTaskDialogProps {
  open: boolean
  onClose: () => void
  projectId: string
  states: State[]
  people: User[]
}

export function NewTaskDialog({ open, onClose, ...form }: NewTaskDialogProps) {
  return (
    <Dialog open={open} onClose={onClose} title="New task" width="max-w-xl">
      <NewTaskForm onClose={onClose} {...form} />
    </Dialog>
  )
}

function NewTaskForm({ onClose, projectId, states, people }: Omit<NewTaskDialogProps, "open">) {
  const dispatch = useAppDispatch()
  const [title, setTitle] = useState("")
  const [description, setDescription] = useState("")
  const [status, setStatus] = useState(states.find(({ category }) => category === "unstarted")?.key ?? states[0]?.key ?? "")
  const [priority, setPriority] = useState<Priority>("medium")
  const [assigneeId, setAssigneeId] = useState<string | null>(null)

  const understood = useQuickAdd(title)
  // Who chooses it below means that, and not what the title says.
  const choose = (kind: Part["kind"]) => {
    const part = understood.parts.find((one) => one.kind === kind)
    if (part) setTitle(without(title, part))
  }

  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (!understood.title) return
    const task = {
      status,
      priority,
      ...(description.trim() && { description }),
      ...(assigneeId && { assignee_id: assigneeId }),
      ...fieldsOf(understood),
    }
    dispatch(createTask(projectId, uuid7(), task))
    onClose()
  }

  return (
    <form onSubmit={submit} className="space-y-4">
      <div>
        <Field
          label="Title"
          placeholder="What needs doing?"
          value={title}
          onChange={(event) => setTitle(event.target.value)}
          maxLength={255}
          required
          data-autofocus
          autoComplete="off"
          hint="!high @name #tag due:fri set these as you type."
        />
        <UnderstoodChips text={title} understood={understood} onChange={setTitle} />
      </div>
      <AreaField
        label="Description"
        placeholder="Details, in Markdown (optional)"
        value={description}
        onChange={(event) => setDescription(event.target.value)}
        rows={4}
      />
      <div className="flex flex-wrap gap-2">
        <StatusSelect look="chip" states={states} value={status} onChange={setStatus} />
        <PrioritySelect
          look="chip"
          value={understood.priority ?? priority}
          onChange={(value) => {
            choose("priority")
            setPriority(value)
          }}
        />
        <AssigneeSelect
          look="chip"
          people={people}
          value={understood.assignee?.id ?? assigneeId}
          onChange={(value) => {
            choose("assignee")
            setAssigneeId(value)
          }}
        />
      </div>
      <div className="flex justify-end gap-2 pt-1">
        <Button variant="ghost" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" variant="primary">
          Create task
        </Button>
      </div>
    </form>
  )
}

import type { User } from "@/lib/api/types"
import { dueAtEndOf, toDateInput } from "@/lib/dates"
import { fullName } from "@/lib/people"
import type { TaskRow } from "@/lib/sync/models"
import { uuid7 } from "@/lib/uuid"
import { Button, IconButton } from "@/ui/Button"
import { Field } from "@/ui/Field"
import { SelectField } from "@/ui/SelectField"
import { changed, minutesOf, replaced, without, type Draft } from "./draft"
import { TaskCombobox } from "./TaskCombobox"

interface ScenarioTasksProps {
  draft: Draft
  onChange: (draft: Draft) => void
  tasks: readonly TaskRow[]
  people: User[]
}

/** Which tasks are otherwise, and which there are besides. */
export function ScenarioTasks({ draft, onChange, tasks, people }: ScenarioTasksProps) {
  const named = new Set(draft.tasks.map(({ task_id }) => task_id))
  const persons = people.map((person) => ({ value: person.id, label: fullName(person) }))
  const choices = [{ value: undefined, label: "As planned" }, { value: null, label: "Nobody" }, ...persons]

  return (
    <fieldset className="space-y-3">
      <legend className="mb-2 text-sm font-semibold text-ink">Scope and dates</legend>
      {draft.tasks.map((task, index) => {
        const row = tasks.find(({ id }) => id === task.task_id)
        const name = row ? `${row.key} ${row.title}` : "A task that is gone"
        const set = (fields: Parameters<typeof changed>[1]) => onChange({ ...draft, tasks: replaced(draft.tasks, index, changed(task, fields)) })
        return (
          <div key={task.task_id} role="group" aria-label={name} className="rounded-lg border border-line p-3">
            <div className="flex items-center gap-2">
              <p className="min-w-0 flex-1 truncate text-sm font-medium text-ink">{name}</p>
              <label className="flex items-center gap-1.5 text-xs text-ink-muted">
                <input type="checkbox" checked={task.left_out} onChange={(event) => set({ left_out: event.target.checked })} className="size-4 accent-accent" />
                Leave out
              </label>
              <IconButton icon="close" label={`Leave ${row?.key ?? "it"} as planned`} onClick={() => onChange({ ...draft, tasks: without(draft.tasks, index) })} />
            </div>
            {!task.left_out && (
              <div className="mt-2 grid gap-2 sm:grid-cols-2">
                <SelectField label="Who" value={task.assignee_id} choices={choices} onChange={(assignee_id) => set({ assignee_id })} />
                <Field
                  label="Working hours"
                  type="number"
                  min={0}
                  max={87600}
                  step="any"
                  placeholder="As planned"
                  value={task.duration_minutes === undefined ? "" : task.duration_minutes / 60}
                  onChange={(event) => set({ duration_minutes: minutesOf(event.target.value) })}
                />
                <Field label="Start" type="date" value={task.start_date ?? ""} onChange={(event) => set({ start_date: event.target.value || undefined })} />
                <Field label="Due" type="date" value={toDateInput(task.due_date ?? null)} onChange={(event) => set({ due_date: dueAtEndOf(event.target.value) ?? undefined })} />
              </div>
            )}
          </div>
        )
      })}
      {draft.added.map((task, index) => {
        const set = (fields: Partial<typeof task>) => onChange({ ...draft, added: replaced(draft.added, index, { ...task, ...fields }) })
        return (
          <div key={task.id} role="group" aria-label={`New task ${index + 1}`} className="rounded-lg border border-dashed border-line-strong p-3">
            <div className="grid gap-2 sm:grid-cols-[1fr_7rem_10rem_auto]">
              <Field label="New task" value={task.title} maxLength={255} required onChange={(event) => set({ title: event.target.value })} />
              <Field label="Working hours" type="number" min={0} max={87600} step="any" required value={task.duration_minutes / 60} onChange={(event) => set({ duration_minutes: minutesOf(event.target.value) ?? 0 })} />
              <SelectField label="Who" value={task.assignee_id ?? null} choices={[{ value: null, label: "Nobody" }, ...people.map((person) => ({ value: person.id, label: fullName(person) }))]} onChange={(assignee_id) => set({ assignee_id })} />
              <IconButton icon="close" label="Remove the new task" className="sm:mt-7" onClick={() => onChange({ ...draft, added: without(draft.added, index) })} />
            </div>
          </div>
        )
      })}
      <div className="flex flex-wrap items-center gap-2">
        <div className="min-w-0 flex-1 basis-56">
          <TaskCombobox
            label="Change a task"
            tasks={tasks.filter(({ id, archived_at }) => !named.has(id) && archived_at === null)}
            onChoose={({ id }) => onChange({ ...draft, tasks: [...draft.tasks, { task_id: id, left_out: false }] })}
          />
        </div>
        <Button icon="plus" onClick={() => onChange({ ...draft, added: [...draft.added, { id: uuid7(), title: "", duration_minutes: 480, assignee_id: null }] })}>
          Add a new task
        </Button>
      </div>
    </fieldset>
  )
}

import { useEffect, useRef, useState, type SubmitEvent } from "react"
import { fieldProblem, isProblem } from "@/lib/api/problem"
import type { Project } from "@/lib/api/types"
import { Button } from "@/ui/Button"
import { CopyField } from "@/ui/CopyField"
import { Dialog } from "@/ui/Dialog"
import { Field } from "@/ui/Field"
import { SelectField } from "@/ui/SelectField"
import { ErrorNotice } from "@/ui/states"
import { useCreateFeedMutation, type Feed, type NewFeed } from "./api"

type Source = Pick<Project, "id" | "name">

interface NewFeedDialogProps {
  open: boolean
  onClose: () => void
  projects: Source[]
  /** The project that is looked at, where it is asked for there. */
  project?: Source
}

const MINE = "mine"
const ENTRIES: { value: Feed["entries"]; label: string }[] = [
  { value: "events", label: "All-day events" },
  { value: "todos", label: "To-dos" },
]

export function NewFeedDialog({ open, onClose, ...rest }: NewFeedDialogProps) {
  const [create, { data: made, isLoading, error, reset }] = useCreateFeedMutation()
  const close = () => {
    onClose()
    // An address that is a secret does not outlive the dialog that shows it.
    reset()
  }
  return (
    <Dialog open={open} onClose={close} title={made ? "Your new calendar" : "Subscribe in a calendar"} stays={made !== undefined}>
      {made ? (
        <AddressShown url={made.url} onClose={close} />
      ) : (
        <Fields {...rest} busy={isLoading} error={error} onCancel={close} onSubmit={(feed) => void create(feed)} />
      )}
    </Dialog>
  )
}

interface FieldsProps extends Pick<NewFeedDialogProps, "projects" | "project"> {
  busy: boolean
  error: unknown
  onSubmit: (feed: NewFeed) => void
  onCancel: () => void
}

function Fields({ projects, project, busy, error, onSubmit, onCancel }: FieldsProps) {
  const [source, setSource] = useState(project?.id ?? MINE)
  const [ownName, setOwnName] = useState<string | null>(null)
  const [entries, setEntries] = useState<Feed["entries"]>("events")
  const of = projects.find(({ id }) => id === source)
  const name = ownName ?? of?.name ?? "My tasks"
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const shown = of ? ({ shows: "project", project_id: of.id } as const) : ({ shows: "mine" } as const)
    onSubmit({ name: name.trim(), entries, ...shown })
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      <p className="text-base text-ink-muted">Your calendar program fetches the due dates from an address of its own, and keeps up with them.</p>
      {Boolean(error) && !(isProblem(error) && error.errors.length > 0) && <ErrorNotice error={error} />}
      <SelectField
        label="Shows"
        value={source}
        onChange={setSource}
        choices={[{ value: MINE, label: "What I have to do, in all projects" }, ...projects.map(({ id, name: label }) => ({ value: id, label }))]}
        error={fieldProblem(error, "project_id")}
      />
      <Field
        label="Calendar name"
        value={name}
        onChange={(event) => setOwnName(event.target.value)}
        maxLength={100}
        required
        autoComplete="off"
        error={fieldProblem(error, "name")}
      />
      <SelectField label="Due dates as" value={entries} onChange={setEntries} choices={ENTRIES} hint="Every calendar shows events. Some keep to-dos apart." />
      <div className="flex justify-end gap-2 pt-1">
        <Button variant="ghost" onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={busy}>
          Make the address
        </Button>
      </div>
    </form>
  )
}

export function AddressShown({ url, onClose }: { url: string; onClose: () => void }) {
  const copyButton = useRef<HTMLButtonElement>(null)
  useEffect(() => copyButton.current?.focus(), [])
  return (
    <div className="space-y-4">
      <p role="status" className="text-base text-ink">
        Copy the address now: it is shown this once. Whoever has it sees what you see of these tasks, so keep it to yourself.
      </p>
      <CopyField label="Calendar address" value={url} done="Copied the calendar address" hint="Give it to your calendar program under “Subscribe” or “Add by URL”." buttonRef={copyButton} />
      <div className="flex justify-end pt-1">
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      </div>
    </div>
  )
}

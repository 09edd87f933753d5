import { useState, type SubmitEvent } from "react"
import { fieldProblem } from "@/lib/api/problem"
import { Button } from "@/ui/Button"
import { Dialog } from "@/ui/Dialog"
import { Field } from "@/ui/Field"
import { ErrorNotice } from "@/ui/states"
import { Switch } from "@/ui/Switch"

export interface ViewWords {
  name: string
  is_shared: boolean
}

interface ViewDialogProps {
  open: boolean
  onClose: () => void
  title: string
  action: string
  start: ViewWords
  mayShare: boolean
  /** Gives back what was refused; nothing when it is done. */
  onSave: (words: ViewWords) => Promise<unknown>
}

/** The name of a view, and who sees it. */
export function ViewDialog({ open, onClose, title, ...form }: ViewDialogProps) {
  return (
    <Dialog open={open} onClose={onClose} title={title} width="max-w-md">
      <ViewForm onClose={onClose} {...form} />
    </Dialog>
  )
}

function ViewForm({ onClose, action, start, mayShare, onSave }: Omit<ViewDialogProps, "open" | "title">) {
  const [words, setWords] = useState(start)
  const [error, setError] = useState<unknown>(undefined)
  const [isBusy, setBusy] = useState(false)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    setBusy(true)
    const refused = await onSave({ ...words, name: words.name.trim() })
    setBusy(false)
    setError(refused)
    if (!refused) onClose()
  }
  const nameError = fieldProblem(error, "name")
  return (
    <form onSubmit={(event) => void submit(event)} className="space-y-4">
      {error !== undefined && error !== null && !nameError && <ErrorNotice error={error} />}
      <Field
        label="Name"
        value={words.name}
        onChange={(event) => setWords({ ...words, name: event.target.value })}
        maxLength={100}
        required
        data-autofocus
        autoComplete="off"
        error={nameError}
      />
      {mayShare && (
        <Switch
          label="Share with the workspace"
          text="Everybody has it in their navigation. “me” and “today” in it are those of whoever looks."
          checked={words.is_shared}
          onChange={(is_shared) => setWords({ ...words, is_shared })}
        />
      )}
      <div className="flex justify-end gap-2 pt-1">
        <Button variant="ghost" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={isBusy} disabled={words.name.trim() === ""}>
          {action}
        </Button>
      </div>
    </form>
  )
}

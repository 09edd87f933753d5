import { useEffect, useRef, useState, type SubmitEvent } from "react"
import { fieldProblem, isProblem } from "@/lib/api/problem"
import { Button } from "@/ui/Button"
import { CopyField } from "@/ui/CopyField"
import { Dialog } from "@/ui/Dialog"
import { Field } from "@/ui/Field"
import { ErrorNotice } from "@/ui/states"
import { useCreateScimTokenMutation } from "./api"

interface NewTokenDialogProps {
  open: boolean
  onClose: () => void
}

export function NewTokenDialog({ open, onClose }: NewTokenDialogProps) {
  return (
    <Dialog open={open} onClose={onClose} title="New provisioning token" width="max-w-md">
      <NewTokenSteps onClose={onClose} />
    </Dialog>
  )
}

/** First its name, then the secret, which is shown once. */
function NewTokenSteps({ onClose }: Pick<NewTokenDialogProps, "onClose">) {
  const [name, setName] = useState("")
  const [create, { data: made, isLoading, error, reset }] = useCreateScimTokenMutation()
  // A secret does not outlive the dialog that shows it.
  useEffect(() => reset, [reset])
  if (made) return <TokenMade secret={made.secret} onClose={onClose} />

  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    void create(name.trim())
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      {error && !(isProblem(error) && error.errors.length > 0) && <ErrorNotice error={error} />}
      <Field
        label="Name"
        placeholder="Okta"
        value={name}
        onChange={(event) => setName(event.target.value)}
        hint="What uses it, so that you know it again."
        maxLength={100}
        required
        autoComplete="off"
        data-autofocus
        error={fieldProblem(error, "name")}
      />
      <div className="flex justify-end gap-2 pt-1">
        <Button variant="ghost" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={isLoading}>
          Create token
        </Button>
      </div>
    </form>
  )
}

function TokenMade({ secret, onClose }: { secret: string; onClose: () => void }) {
  const copyButton = useRef<HTMLButtonElement>(null)
  // The form that had the focus is gone; the next thing to do is here.
  useEffect(() => copyButton.current?.focus(), [])
  return (
    <div className="space-y-4">
      <p role="status" className="text-base text-ink">
        Copy it now: it is shown this once. Whoever has it can add, change and deactivate people here.
      </p>
      <CopyField label="Token" value={secret} done="Copied the token" buttonRef={copyButton} />
      <div className="flex justify-end pt-1">
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      </div>
    </div>
  )
}

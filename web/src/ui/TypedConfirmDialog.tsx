import { useState, type ReactNode, type SubmitEvent } from "react"
import { Button } from "./Button"
import { Dialog } from "./Dialog"
import { Field } from "./Field"
import { ErrorNotice } from "./states"

interface TypedConfirmDialogProps {
  open: boolean
  title: string
  /** What will happen, before it does. */
  children: ReactNode
  /** What has to be typed: the name of the thing. */
  name: string
  label: string
  confirmLabel: string
  busy: boolean
  error: unknown
  disabled?: boolean
  onConfirm: () => void
  onClose: () => void
}

/** Asks for the name of what is about to change for good, so that no slip of the hand does it. */
export function TypedConfirmDialog({ open, title, onClose, ...rest }: TypedConfirmDialogProps) {
  return (
    <Dialog open={open} onClose={onClose} title={title} width="max-w-md">
      <TypedConfirm onClose={onClose} {...rest} />
    </Dialog>
  )
}

function TypedConfirm({ children, name, label, confirmLabel, busy, error, disabled = false, onConfirm, onClose }: Omit<TypedConfirmDialogProps, "open" | "title">) {
  const [typed, setTyped] = useState("")
  const isRight = typed.trim() === name.trim()
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (isRight && !disabled) onConfirm()
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      {Boolean(error) && <ErrorNotice error={error} />}
      <div className="space-y-3 text-base text-ink-muted">{children}</div>
      <Field
        label={label}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        hint={
          <>
            Type <strong className="font-medium text-ink">{name}</strong> to confirm.
          </>
        }
        autoComplete="off"
        spellCheck={false}
        data-autofocus
      />
      <div className="flex justify-end gap-2 pt-1">
        <Button variant="ghost" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" variant="danger" busy={busy} disabled={!isRight || disabled}>
          {confirmLabel}
        </Button>
      </div>
    </form>
  )
}

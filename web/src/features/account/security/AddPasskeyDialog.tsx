import { useState, type SubmitEvent } from "react"
import { fieldProblem } from "@/lib/api/problem"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { Button } from "@/ui/Button"
import { Dialog } from "@/ui/Dialog"
import { Field } from "@/ui/Field"
import { ErrorNotice } from "@/ui/states"
import { describeDevice } from "../describeDevice"
import { useAddPasskeyMutation } from "./api"

interface AddPasskeyDialogProps {
  open: boolean
  onClose: () => void
  onCodes: (codes: string[]) => void
}

export function AddPasskeyDialog({ open, onClose, onCodes }: AddPasskeyDialogProps) {
  return (
    <Dialog open={open} onClose={onClose} title="Add a passkey" width="max-w-md">
      <AddPasskey onClose={onClose} onCodes={onCodes} />
    </Dialog>
  )
}

function AddPasskey({ onClose, onCodes }: Omit<AddPasskeyDialogProps, "open">) {
  const dispatch = useAppDispatch()
  const [name, setName] = useState(() => describeDevice(navigator.userAgent).name)
  const [add, { isLoading, error }] = useAddPasskeyMutation()
  const atName = fieldProblem(error, "name")

  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const { data } = await add({ name: name.trim() })
    if (!data) return
    onClose()
    dispatch(showToast(`Added the passkey “${data.passkey.name}”`))
    if (data.recovery_codes) onCodes(data.recovery_codes)
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      {error && !atName && <ErrorNotice error={error} />}
      <p className="text-base text-ink-muted">Give it a name by which you know it. Your browser asks for the rest.</p>
      <Field label="Name" value={name} onChange={(event) => setName(event.target.value)} maxLength={100} autoComplete="off" required error={atName} />
      <div className="flex justify-end gap-2">
        <Button variant="ghost" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={isLoading}>
          Continue
        </Button>
      </div>
    </form>
  )
}

import { useState, type SubmitEvent } from "react"
import { fieldProblem } from "@/lib/api/problem"
import type { Passkey } from "@/lib/api/types"
import { useLast } from "@/lib/useLast"
import { Button } from "@/ui/Button"
import { Dialog } from "@/ui/Dialog"
import { Field } from "@/ui/Field"
import { ErrorNotice } from "@/ui/states"
import { useRenamePasskeyMutation } from "./api"

interface RenamePasskeyDialogProps {
  /** Null: closed. */
  passkey: Passkey | null
  onClose: () => void
}

export function RenamePasskeyDialog({ passkey, onClose }: RenamePasskeyDialogProps) {
  const shown = useLast(passkey)
  return (
    <Dialog open={passkey !== null} onClose={onClose} title="Rename the passkey" width="max-w-sm">
      {shown && <Rename key={shown.id} passkey={shown} onClose={onClose} />}
    </Dialog>
  )
}

function Rename({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  const [name, setName] = useState(passkey.name)
  const [rename, { isLoading, error }] = useRenamePasskeyMutation()
  const atName = fieldProblem(error, "name")

  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    if (!(await rename({ id: passkey.id, name: name.trim() })).error) onClose()
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      {error && !atName && <ErrorNotice error={error} />}
      <Field label="Name" value={name} onChange={(event) => setName(event.target.value)} maxLength={100} autoComplete="off" required error={atName} />
      <div className="flex justify-end gap-2">
        <Button variant="ghost" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={isLoading}>
          Rename
        </Button>
      </div>
    </form>
  )
}

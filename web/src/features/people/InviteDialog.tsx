import { useState, type SubmitEvent } from "react"
import { fieldProblem, isProblem } from "@/lib/api/problem"
import type { Invitation, Role, User } from "@/lib/api/types"
import { roleLooks } from "@/lib/roles"
import { uuid7 } from "@/lib/uuid"
import { Button } from "@/ui/Button"
import { Dialog } from "@/ui/Dialog"
import { Field } from "@/ui/Field"
import { SelectField } from "@/ui/SelectField"
import { ErrorNotice } from "@/ui/states"
import { useInvitePersonMutation } from "./api"
import { InvitationMade } from "./InvitationMade"
import { rolesToGive, type May } from "./offeredActions"

interface InviteDialogProps {
  open: boolean
  actor: User
  may?: May
  onClose: () => void
}

export function InviteDialog({ open, onClose, ...rest }: InviteDialogProps) {
  return (
    <Dialog open={open} onClose={onClose} title="Invite people" width="max-w-md">
      <InviteSteps {...rest} onClose={onClose} />
    </Dialog>
  )
}

/** First who, then the link; and again for the next one. */
function InviteSteps({ onClose, ...rest }: Omit<InviteDialogProps, "open">) {
  const [made, setMade] = useState<Invitation | null>(null)
  if (!made) return <InviteForm {...rest} onInvited={setMade} onClose={onClose} />
  return (
    <InvitationMade invitation={made} onClose={onClose}>
      <Button onClick={() => setMade(null)}>Invite another</Button>
    </InvitationMade>
  )
}

interface InviteFormProps extends Omit<InviteDialogProps, "open"> {
  onInvited: (invitation: Invitation) => void
}

const nothing = { email: "", first_name: "", last_name: "" }

function InviteForm({ actor, may, onInvited, onClose }: InviteFormProps) {
  const [form, setForm] = useState(nothing)
  const [role, setRole] = useState<Role>("member")
  // One id for all attempts: a retry after a lost answer does not invite twice.
  const [id] = useState(() => uuid7())
  const [invite, { isLoading, error }] = useInvitePersonMutation()
  const set = (field: keyof typeof nothing) => (event: { target: { value: string } }) =>
    setForm({ ...form, [field]: event.target.value })

  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const { email, first_name, last_name } = form
    const { data } = await invite({ id, email: email.trim(), first_name: first_name.trim(), last_name: last_name.trim(), role })
    if (data) onInvited(data)
  }

  const isTaken = isProblem(error) && error.status === 409 && fieldProblem(error, "email") !== undefined
  return (
    <form onSubmit={submit} className="space-y-4">
      {error && !(isProblem(error) && error.errors.length > 0) && <ErrorNotice error={error} />}
      <Field
        label="Email"
        type="email"
        placeholder="grace@example.org"
        value={form.email}
        onChange={set("email")}
        autoComplete="off"
        maxLength={255}
        required
        data-autofocus
        error={isTaken ? "Somebody in this workspace has this address already." : fieldProblem(error, "email")}
      />
      <div className="grid grid-cols-1 gap-4 min-[420px]:grid-cols-2">
        <Field label="First name" value={form.first_name} onChange={set("first_name")} autoComplete="off" maxLength={100} required error={fieldProblem(error, "first_name")} />
        <Field label="Last name" value={form.last_name} onChange={set("last_name")} autoComplete="off" maxLength={100} required error={fieldProblem(error, "last_name")} />
      </div>
      <SelectField
        label="Role"
        value={role}
        onChange={setRole}
        choices={rolesToGive(actor, may).map((value) => ({ value, label: roleLooks[value].name, hint: roleLooks[value].text }))}
        hint={roleLooks[role].text}
        error={fieldProblem(error, "role")}
      />
      <div className="flex justify-end gap-2 pt-1">
        <Button variant="ghost" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={isLoading}>
          Invite
        </Button>
      </div>
    </form>
  )
}

import { useState, type SubmitEvent } from "react"
import { fieldProblem, isProblem } from "@/lib/api/problem"
import type { Invitation, User } from "@/lib/api/types"
import { fullName, isAddressUnknown } from "@/lib/people"
import { Button } from "@/ui/Button"
import { Dialog } from "@/ui/Dialog"
import { Field } from "@/ui/Field"
import { ErrorNotice } from "@/ui/states"
import { useInviteAgainMutation } from "./api"
import { InvitationMade } from "./InvitationMade"

interface InviteAgainDialogProps {
  open: boolean
  person: User
  onClose: () => void
}

export function InviteAgainDialog({ open, person, onClose }: InviteAgainDialogProps) {
  return (
    <Dialog open={open} onClose={onClose} title={`Invite ${fullName(person)}`} width="max-w-md">
      <InviteAgainSteps person={person} onClose={onClose} />
    </Dialog>
  )
}

function InviteAgainSteps({ person, onClose }: Omit<InviteAgainDialogProps, "open">) {
  const [made, setMade] = useState<Invitation | null>(null)
  if (made) return <InvitationMade invitation={made} onClose={onClose} />
  return <InviteAgainForm person={person} onInvited={setMade} onClose={onClose} />
}

interface InviteAgainFormProps extends Omit<InviteAgainDialogProps, "open"> {
  onInvited: (invitation: Invitation) => void
}

function InviteAgainForm({ person, onInvited, onClose }: InviteAgainFormProps) {
  const isUnknown = isAddressUnknown(person)
  const [email, setEmail] = useState(isUnknown ? "" : person.email)
  const [invite, { isLoading, error }] = useInviteAgainMutation()

  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const address = email.trim()
    const { data } = await invite({ id: person.id, ...(address !== person.email && { email: address }) })
    if (data) onInvited(data)
  }

  const isTaken = isProblem(error) && error.status === 409 && fieldProblem(error, "email") !== undefined
  return (
    <form onSubmit={submit} className="space-y-4">
      {error && !(isProblem(error) && error.errors.length > 0) && <ErrorNotice error={error} />}
      <p className="text-base text-ink-muted">
        {isUnknown
          ? "They came with an import, which did not say their address. What they did there becomes theirs."
          : "They get a new link. The one from before no longer counts."}
      </p>
      <Field
        label="Email"
        type="email"
        value={email}
        onChange={(event) => setEmail(event.target.value)}
        autoComplete="off"
        maxLength={255}
        required
        data-autofocus
        error={isTaken ? "Somebody in this workspace has this address already." : fieldProblem(error, "email")}
      />
      <div className="flex justify-end gap-2 pt-1">
        <Button variant="ghost" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={isLoading}>
          {isUnknown ? "Invite" : "Invite again"}
        </Button>
      </div>
    </form>
  )
}

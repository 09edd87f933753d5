import { useState } from "react"
import type { User } from "@/lib/api/types"
import { fullName } from "@/lib/people"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { ConfirmDialog } from "@/ui/ConfirmDialog"
import { useDeletePersonMutation } from "./api"
import { ChangeRoleDialog } from "./ChangeRoleDialog"
import { InviteAgainDialog } from "./InviteAgainDialog"
import type { May, PersonAction } from "./offeredActions"
import type { CustomRole } from "./roleChoices"

interface PersonDialogsProps {
  asked: { action: PersonAction; person: User } | null
  actor: User
  may: May
  customRoles: CustomRole[]
  onClose: () => void
}

/** What a person's menu asks back. While a dialog fades out, it still shows whom it was about. */
export function PersonDialogs({ asked, actor, may, customRoles, onClose }: PersonDialogsProps) {
  const [last, setLast] = useState(asked)
  const remove = useDelete()
  if (asked && asked !== last) setLast(asked)
  const person = (asked ?? last)?.person
  if (!person) return null
  const name = fullName(person)

  return (
    <>
      <ChangeRoleDialog open={asked?.action === "change role"} person={person} actor={actor} may={may} customRoles={customRoles} onClose={onClose} />
      <InviteAgainDialog open={asked?.action === "invite again"} person={person} onClose={onClose} />
      <ConfirmDialog
        open={asked?.action === "delete"}
        title={`Delete ${name}?`}
        text="Tasks, comments and history stay, under the name “Deleted user”. Their name and e-mail address are erased, and they are signed out everywhere. This can’t be undone."
        confirmLabel="Delete person"
        onConfirm={() => void remove(person)}
        onClose={onClose}
      />
    </>
  )
}

function useDelete() {
  const dispatch = useAppDispatch()
  const [remove] = useDeletePersonMutation()
  return async (person: User) => {
    const { error } = await remove(person)
    if (!error) dispatch(showToast(`Deleted ${fullName(person)}`))
  }
}

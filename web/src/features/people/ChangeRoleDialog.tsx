import { useState, type SubmitEvent } from "react"
import type { User } from "@/lib/api/types"
import { fullName } from "@/lib/people"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { Button } from "@/ui/Button"
import { Dialog } from "@/ui/Dialog"
import { RadioList } from "@/ui/RadioList"
import { useChangeRoleMutation } from "./api"
import type { May } from "./offeredActions"
import { choiceKey, choiceOf, offeredRoles, roleNameOf, type CustomRole } from "./roleChoices"

interface ChangeRoleDialogProps {
  open: boolean
  person: User
  actor: User
  may: May
  customRoles: CustomRole[]
  onClose: () => void
}

export function ChangeRoleDialog({ open, ...form }: ChangeRoleDialogProps) {
  return (
    <Dialog open={open} onClose={form.onClose} title={`Role of ${fullName(form.person)}`} width="max-w-md">
      <ChangeRoleForm {...form} />
    </Dialog>
  )
}

function ChangeRoleForm({ person, actor, may, customRoles, onClose }: Omit<ChangeRoleDialogProps, "open">) {
  const dispatch = useAppDispatch()
  const offered = offeredRoles(actor, may, customRoles)
  const before = choiceOf(person)
  const [wanted, setWanted] = useState(choiceKey(before))
  const [change, { isLoading }] = useChangeRoleMutation()

  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const choice = offered.map((one) => one.choice).find((one) => choiceKey(one) === wanted)
    if (!choice || wanted === choiceKey(before)) {
      onClose()
      return
    }
    const { data } = await change({ person, choice })
    onClose()
    if (!data) return
    const undo = () => void change({ person: data, choice: before })
    dispatch(showToast(`${fullName(person)} now has the role ${roleNameOf(data, customRoles)}.`, { action: { label: "Undo", run: undo } }))
  }

  return (
    <form onSubmit={submit} className="space-y-4">
      <RadioList
        label="Role"
        value={wanted}
        onChange={setWanted}
        choices={offered.map(({ choice, name, text }) => ({ value: choiceKey(choice), label: name, hint: text }))}
      />
      <div className="flex justify-end gap-2">
        <Button variant="ghost" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={isLoading}>
          Change role
        </Button>
      </div>
    </form>
  )
}

import { useState, type SubmitEvent } from "react"
import type { User } from "@/lib/api/types"
import { fullName } from "@/lib/people"
import { roleLooks } from "@/lib/roles"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { Button } from "@/ui/Button"
import { Dialog } from "@/ui/Dialog"
import { RadioList } from "@/ui/RadioList"
import { useChangeRoleMutation } from "./api"
import { rolesToGive } from "./offeredActions"

interface ChangeRoleDialogProps {
  open: boolean
  person: User
  actor: User
  onClose: () => void
}

export function ChangeRoleDialog({ open, ...form }: ChangeRoleDialogProps) {
  return (
    <Dialog open={open} onClose={form.onClose} title={`Role of ${fullName(form.person)}`} width="max-w-md">
      <ChangeRoleForm {...form} />
    </Dialog>
  )
}

function ChangeRoleForm({ person, actor, onClose }: Omit<ChangeRoleDialogProps, "open">) {
  const dispatch = useAppDispatch()
  const [role, setRole] = useState(person.role)
  const [change, { isLoading }] = useChangeRoleMutation()

  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    if (role === person.role) {
      onClose()
      return
    }
    const { data } = await change({ person, role })
    onClose()
    if (!data) return
    const undo = () => void change({ person: data, role: person.role })
    dispatch(showToast(`${fullName(person)} now has the role ${roleLooks[role].name}.`, { action: { label: "Undo", run: undo } }))
  }

  return (
    <form onSubmit={submit} className="space-y-4">
      <RadioList
        label="Role"
        value={role}
        onChange={setRole}
        choices={rolesToGive(actor).map((value) => ({ value, label: roleLooks[value].name, hint: roleLooks[value].text }))}
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

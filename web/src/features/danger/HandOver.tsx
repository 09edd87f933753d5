import { useState } from "react"
import type { User } from "@/lib/api/types"
import { fullName } from "@/lib/people"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { Avatar } from "@/ui/Avatar"
import { Button } from "@/ui/Button"
import { SelectField } from "@/ui/SelectField"
import { Switch } from "@/ui/Switch"
import { TypedConfirmDialog } from "@/ui/TypedConfirmDialog"
import { useHandOverMutation } from "./api"

interface HandOverProps {
  workspaceName: string
  me: User
  people: User[]
  onSteppedDown: () => void
}

/** Another owner for the workspace, beside whoever is one or instead of them. */
export function HandOver({ workspaceName, me, people, onSteppedDown }: HandOverProps) {
  const dispatch = useAppDispatch()
  const [asking, setAsking] = useState(false)
  const [heirId, setHeirId] = useState<string | null>(null)
  const [stepDown, setStepDown] = useState(true)
  const [handOver, { isLoading, error, reset }] = useHandOverMutation()
  const heirs = people.filter(({ id, is_active, role }) => is_active && id !== me.id && role !== "owner")
  const heir = heirs.find(({ id }) => id === heirId)

  const close = () => {
    setAsking(false)
    reset()
  }
  const confirm = async () => {
    if (!heir) return
    const { error: refused } = await handOver({ to: heir, me, stepDown })
    if (refused) return
    dispatch(showToast(`${fullName(heir)} is an owner of ${workspaceName} now`))
    setAsking(false)
    if (stepDown) onSteppedDown()
  }

  return (
    <div className="flex flex-wrap items-center justify-between gap-3">
      <p className="min-w-0 flex-1 basis-64 text-sm text-ink-muted">
        {heirs.length > 0
          ? "Owners may do everything here: change what the workspace requires, its roles and its sign-in, and take all of it away."
          : "There is nobody yet who could own it. Invite people first, and hand it over once they have joined."}
      </p>
      <Button disabled={heirs.length === 0} onClick={() => setAsking(true)}>
        Hand over…
      </Button>
      <TypedConfirmDialog
        open={asking}
        title={`Hand over ${workspaceName}`}
        name={workspaceName}
        label="Name of the workspace"
        confirmLabel="Hand over"
        busy={isLoading}
        error={error}
        disabled={!heir}
        onConfirm={() => void confirm()}
        onClose={close}
      >
        <SelectField
          label="New owner"
          value={heirId}
          onChange={setHeirId}
          choices={heirs.map((person) => ({ value: person.id, label: fullName(person), hint: person.email, icon: <Avatar person={person} size="sm" /> }))}
          hint={heir ? undefined : "Choose somebody of this workspace."}
        />
        <Switch label="Become an admin myself" text="Without this there are two owners." checked={stepDown} onChange={setStepDown} />
        <p>
          {stepDown
            ? "You can then no longer change roles, sign-in or what the workspace requires. Only an owner can make you one again."
            : "They can then do everything that you can, to you too."}
        </p>
      </TypedConfirmDialog>
    </div>
  )
}

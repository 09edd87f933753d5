import { useState } from "react"
import type { Member, ProjectRole, User } from "@/lib/api/types"
import { fullName, isAddressUnknown } from "@/lib/people"
import { Avatar } from "@/ui/Avatar"
import { IconButton } from "@/ui/Button"
import { ConfirmDialog } from "@/ui/ConfirmDialog"
import { Icon } from "@/ui/icons"
import { Select } from "@/ui/Select"
import { useSetMemberMutation } from "./api"

const roleNames: Record<ProjectRole, string> = { manager: "Manager", member: "Member", viewer: "Viewer" }
const ROLES: readonly ProjectRole[] = ["manager", "member", "viewer"]

interface MemberRowProps {
  projectId: string
  member: Member
  actor: User
  isManager: boolean
  onRemove: () => void
}

export function MemberRow({ projectId, member: { user, role }, actor, isManager, onRemove }: MemberRowProps) {
  const [set] = useSetMemberMutation()
  const [leaving, setLeaving] = useState(false)
  const name = fullName(user)
  // A manager who goes can't let themselves in again: that is asked first, because there is no undoing it.
  const isLeavingForGood = user.id === actor.id && actor.role === "manager"

  return (
    <li className="flex items-center gap-2.5 py-2 pr-2 pl-3">
      <Avatar person={user} />
      <div className="min-w-0 flex-1">
        <p className="truncate text-sm font-medium text-ink">
          {name}
          {user.id === actor.id && <span className="ml-1.5 text-xs font-normal text-ink-faint">you</span>}
        </p>
        <p className="truncate text-xs text-ink-faint">{isAddressUnknown(user) ? "Not invited yet" : user.email}</p>
      </div>
      {isManager ? (
        <>
          <Select
            look="chip"
            label={`Role of ${name}`}
            value={role}
            onChange={(wanted) => {
              if (wanted !== role) void set({ projectId, user, role: wanted })
            }}
            choices={ROLES.map((value) => ({ value, label: roleNames[value] }))}
          >
            {roleNames[role]}
            <Icon name="chevronDown" className="size-3.5" />
          </Select>
          <IconButton icon="close" label={`Remove ${name}`} onClick={() => (isLeavingForGood ? setLeaving(true) : onRemove())} />
        </>
      ) : (
        <span className="pr-1.5 text-xs text-ink-muted">{roleNames[role]}</span>
      )}
      <ConfirmDialog
        open={leaving}
        title="Leave this project?"
        text="You can no longer change it, and can’t let yourself in again. Your tasks stay assigned to you."
        confirmLabel="Leave project"
        onConfirm={onRemove}
        onClose={() => setLeaving(false)}
      />
    </li>
  )
}

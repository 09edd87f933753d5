import { useState } from "react"
import type { Team, User } from "@/lib/api/types"
import { fullName, isAddressUnknown } from "@/lib/people"
import { Avatar } from "@/ui/Avatar"
import { IconButton } from "@/ui/Button"
import { Dialog } from "@/ui/Dialog"
import { SearchField } from "@/ui/SearchField"
import { ErrorNotice, Skeleton } from "@/ui/states"
import { UndoNotice } from "@/ui/UndoNotice"
import { useAddToTeamMutation, useGetTeamMembersQuery, useRemoveFromTeamMutation } from "./api"

interface TeamMembersDialogProps {
  open: boolean
  team: Team
  people: User[]
  mayChange: boolean
  onClose: () => void
}

export function TeamMembersDialog({ open, team, onClose, ...rest }: TeamMembersDialogProps) {
  return (
    <Dialog open={open} onClose={onClose} title={`Members of ${team.name}`} width="max-w-md">
      <TeamMembers teamId={team.id} {...rest} />
    </Dialog>
  )
}

interface TeamMembersProps {
  teamId: string
  people: User[]
  mayChange: boolean
}

function TeamMembers({ teamId, people, mayChange }: TeamMembersProps) {
  const { data: members, error, refetch } = useGetTeamMembersQuery(teamId, { refetchOnMountOrArgChange: true })
  const [add] = useAddToTeamMutation()
  const [remove] = useRemoveFromTeamMutation()
  const [removed, setRemoved] = useState<User | null>(null)
  if (error && !members) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!members) return <Skeleton className="h-40 rounded-lg" />

  const inside = new Set(members.map(({ id }) => id))
  const outside = people.filter(({ id, deactivated_at }) => !inside.has(id) && deactivated_at === null)
  const putIn = (id: string) => {
    const person = outside.find((one) => one.id === id)
    if (person) void add({ teamId, person })
  }
  const takeOut = async (person: User) => {
    setRemoved(person)
    const { error: refused } = await remove({ teamId, person })
    if (refused) setRemoved(null)
  }
  const putBack = (person: User) => {
    setRemoved(null)
    void add({ teamId, person })
  }

  return (
    <div className="space-y-4">
      {mayChange && (
        <SearchField
          label="Add a person"
          placeholder="Name or e-mail"
          value={null}
          onChange={putIn}
          choices={outside.map((person) => ({
            value: person.id,
            label: fullName(person),
            hint: isAddressUnknown(person) ? "Not invited yet" : person.email,
            icon: <Avatar person={person} />,
          }))}
          nothing="Everybody is in this team already."
        />
      )}
      {members.length > 0 && (
        <ul aria-label="Members" className="max-h-[45vh] divide-y divide-line overflow-y-auto scroll-thin rounded-lg border border-line">
          {members.map((person) => (
            <li key={person.id} className="flex items-center gap-2.5 py-2 pr-2 pl-3">
              <Avatar person={person} />
              <div className="min-w-0 flex-1">
                <p className="truncate text-sm font-medium text-ink">{fullName(person)}</p>
                <p className="truncate text-xs text-ink-faint">{isAddressUnknown(person) ? "Not invited yet" : person.email}</p>
              </div>
              {mayChange && <IconButton icon="close" label={`Remove ${fullName(person)}`} onClick={() => void takeOut(person)} />}
            </li>
          ))}
        </ul>
      )}
      {removed && !inside.has(removed.id) && (
        <UndoNotice key={removed.id} text={`${fullName(removed)} is no longer in this team.`} onUndo={() => putBack(removed)} />
      )}
      {members.length === 0 && <p className="text-xs text-ink-faint">Nobody is in this team yet.</p>}
    </div>
  )
}

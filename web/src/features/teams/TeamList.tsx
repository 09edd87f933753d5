import { useState } from "react"
import { problemMessage } from "@/lib/api/problem"
import type { Team, User } from "@/lib/api/types"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { IconButton } from "@/ui/Button"
import { ConfirmDialog } from "@/ui/ConfirmDialog"
import { Icon } from "@/ui/icons"
import { Menu } from "@/ui/Menu"
import { useDeleteTeamMutation } from "./api"
import { TeamMembersDialog } from "./TeamMembersDialog"
import { TeamNameDialog } from "./TeamNameDialog"

export interface TeamRights {
  update: boolean
  delete: boolean
}

interface TeamListProps {
  teams: Team[]
  people: User[]
  may: TeamRights
}

interface Asked {
  action: "members" | "rename" | "delete"
  id: string
}

export function TeamList({ teams, people, may }: TeamListProps) {
  const dispatch = useAppDispatch()
  const [asked, setAsked] = useState<Asked | null>(null)
  // While a dialog fades out, it still shows which team it was about.
  const [last, setLast] = useState<Team | null>(null)
  const [remove] = useDeleteTeamMutation()
  const current = teams.find(({ id }) => id === asked?.id)
  if (current && current !== last) setLast(current)

  const close = () => setAsked(null)
  const isOpen = (action: Asked["action"]) => asked?.action === action && current !== undefined
  const confirm = async (team: Team) => {
    const { error } = await remove(team.id)
    dispatch(error ? showToast(problemMessage(error), { tone: "danger" }) : showToast(`Deleted ${team.name}`))
  }

  return (
    <>
      <ul aria-label="Teams" className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface">
        {teams.map((team) => (
          <TeamRow key={team.id} team={team} may={may} onAsk={(action) => setAsked({ action, id: team.id })} />
        ))}
      </ul>
      {last && (
        <>
          <TeamMembersDialog open={isOpen("members")} team={last} people={people} mayChange={may.update} onClose={close} />
          <TeamNameDialog open={isOpen("rename")} team={last} onClose={close} />
          <ConfirmDialog
            open={isOpen("delete")}
            title={`Delete ${last.name}?`}
            text="Its people stay in the workspace and in their projects. This can’t be undone."
            confirmLabel="Delete team"
            onConfirm={() => void confirm(last)}
            onClose={close}
          />
        </>
      )}
    </>
  )
}

interface TeamRowProps {
  team: Team
  may: TeamRights
  onAsk: (action: Asked["action"]) => void
}

function TeamRow({ team: { name, people }, may, onAsk }: TeamRowProps) {
  return (
    <li className="flex items-center gap-1 pr-2.5 hover:bg-hover">
      <button type="button" onClick={() => onAsk("members")} className="flex min-w-0 flex-1 items-center gap-3 py-3 pl-4 text-left outline-offset-[-2px]">
        <Icon name="people" className="size-4 text-ink-faint" />
        <span className="min-w-0 flex-1 truncate text-base font-medium text-ink">{name}</span>
        <span className="text-sm text-ink-muted tabular-nums">{people === 1 ? "1 person" : `${people} people`}</span>
      </button>
      {(may.update || may.delete) && (
        <Menu
          button={<IconButton icon="more" label={`Actions for ${name}`} />}
          actions={[
            { label: "Members…", icon: "people", onSelect: () => onAsk("members") },
            ...(may.update ? [{ label: "Rename…", icon: "edit" as const, onSelect: () => onAsk("rename") }] : []),
            ...(may.delete ? [{ label: "Delete…", icon: "trash" as const, danger: true, startsGroup: true, onSelect: () => onAsk("delete") }] : []),
          ]}
        />
      )}
    </li>
  )
}

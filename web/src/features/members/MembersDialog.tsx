import { useState } from "react"
import type { Member, User } from "@/lib/api/types"
import { fullName } from "@/lib/people"
import { Dialog } from "@/ui/Dialog"
import { ErrorNotice, Skeleton } from "@/ui/states"
import { UndoNotice } from "@/ui/UndoNotice"
import { AddMember } from "./AddMember"
import { useGetMembersQuery, useRemoveMemberMutation, useSetMemberMutation } from "./api"
import { mayManage } from "./mayManage"
import { MemberRow } from "./MemberRow"

interface MembersDialogProps {
  open: boolean
  onClose: () => void
  project: { id: string; name: string }
  people: User[]
  actor: User
}

export function MembersDialog({ open, onClose, project, ...rest }: MembersDialogProps) {
  return (
    <Dialog open={open} onClose={onClose} title={`Members of ${project.name}`}>
      <Members projectId={project.id} {...rest} />
    </Dialog>
  )
}

interface MembersProps {
  projectId: string
  people: User[]
  actor: User
}

function Members({ projectId, people, actor }: MembersProps) {
  const { data: members, error, refetch } = useGetMembersQuery(projectId, { refetchOnMountOrArgChange: true })
  const [set] = useSetMemberMutation()
  const [remove] = useRemoveMemberMutation()
  const [removed, setRemoved] = useState<Member | null>(null)
  if (error && !members) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!members) return <Skeleton className="h-40 rounded-lg" />

  const isManager = mayManage(actor, members)
  const takeOut = async (member: Member) => {
    setRemoved(member)
    const { error: refused } = await remove({ projectId, user: member.user })
    if (refused) setRemoved(null)
  }
  const putBack = (member: Member) => {
    setRemoved(null)
    void set({ projectId, user: member.user, role: member.role })
  }
  const isBack = removed !== null && members.some(({ user }) => user.id === removed.user.id)

  return (
    <div className="space-y-4">
      {isManager && <AddMember projectId={projectId} members={members} people={people} />}
      {members.length > 0 && (
        <ul aria-label="Members" className="max-h-[45vh] divide-y divide-line overflow-y-auto scroll-thin rounded-lg border border-line">
          {members.map((member) => (
            <MemberRow key={member.user.id} projectId={projectId} member={member} actor={actor} isManager={isManager} onRemove={() => void takeOut(member)} />
          ))}
        </ul>
      )}
      {removed && !isBack && (
        <UndoNotice
          key={removed.user.id}
          text={`${fullName(removed.user)} is no longer in this project. Their tasks stay theirs.`}
          onUndo={() => putBack(removed)}
        />
      )}
      <p className="text-xs text-ink-faint">
        {members.length === 0 && "Nobody is in this project yet. "}
        Owners and admins see every project without being in it.
      </p>
    </div>
  )
}

import type { User } from "@/lib/api/types"
import { Dialog } from "@/ui/Dialog"
import { ErrorNotice, Skeleton } from "@/ui/states"
import { AddMember } from "./AddMember"
import { useGetMembersQuery } from "./api"
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
  if (error && !members) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!members) return <Skeleton className="h-40 rounded-lg" />

  const isManager = mayManage(actor, members)
  return (
    <div className="space-y-4">
      {isManager && <AddMember projectId={projectId} members={members} people={people} />}
      {members.length > 0 && (
        <ul aria-label="Members" className="max-h-[45vh] divide-y divide-line overflow-y-auto scroll-thin rounded-lg border border-line">
          {members.map((member) => (
            <MemberRow key={member.user.id} projectId={projectId} member={member} actor={actor} isManager={isManager} />
          ))}
        </ul>
      )}
      <p className="text-xs text-ink-faint">
        {members.length === 0 && "Nobody is in this project yet. "}
        Owners and admins see every project without being in it.
      </p>
    </div>
  )
}

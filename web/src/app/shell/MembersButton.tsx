import { useState } from "react"
import type { Project, User } from "@/lib/api/types"
import { selectUser } from "@/lib/session"
import { useAppSelector } from "@/lib/store"
import { Button } from "@/ui/Button"
import { lazyDialog } from "@/ui/lazyDialog"

const MembersDialog = lazyDialog(async () => (await import("@/features/members/MembersDialog")).MembersDialog)

interface MembersButtonProps {
  project: Pick<Project, "id" | "name">
  people: User[]
}

export function MembersButton({ project, people }: MembersButtonProps) {
  const actor = useAppSelector(selectUser)
  const [open, setOpen] = useState(false)
  if (!actor) return null
  return (
    <>
      <Button icon="people" aria-label="Members" title="Members" onClick={() => setOpen(true)}>
        <span className="max-sm:hidden">Members</span>
      </Button>
      <MembersDialog open={open} onClose={() => setOpen(false)} project={project} people={people} actor={actor} />
    </>
  )
}

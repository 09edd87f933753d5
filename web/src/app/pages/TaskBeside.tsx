import type { ReactNode } from "react"
import { useAppSelector } from "@/lib/store"
import { selectPeople, selectStatesOf, selectTags, selectTask } from "@/lib/sync/select"
import { LazyTaskView } from "./LazyTaskView"

interface TaskBesideProps {
  openId: string | null
  onClose: () => void
  children: ReactNode
}

/** A page of tasks of any project, and beside it the one that is open. */
export function TaskBeside({ openId, onClose, children }: TaskBesideProps) {
  const projectId = useAppSelector((state) => (openId ? selectTask(state, openId)?.project_id : undefined)) ?? ""
  const states = useAppSelector((state) => selectStatesOf(state, projectId))
  const people = useAppSelector(selectPeople)
  const tags = useAppSelector(selectTags)
  return (
    <div className="flex h-full">
      <div className="min-w-0 flex-1">{children}</div>
      {openId && <LazyTaskView taskId={openId} states={[...states]} people={people} tags={tags} onClose={onClose} />}
    </div>
  )
}

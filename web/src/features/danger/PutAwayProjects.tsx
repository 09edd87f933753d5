import { useState } from "react"
import { problemMessage } from "@/lib/api/problem"
import type { Project } from "@/lib/api/types"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { Button } from "@/ui/Button"
import { RelativeTime } from "@/ui/RelativeTime"
import { ErrorNotice, Skeleton } from "@/ui/states"
import { useGetArchivedProjectsQuery, useGetDeletedProjectsQuery, useRestoreProjectMutation, useUnarchiveProjectMutation } from "./api"

/** Projects in the archive, which can come back. */
export function ArchivedProjects() {
  const { data, error, refetch } = useGetArchivedProjectsQuery(undefined, { refetchOnMountOrArgChange: true })
  const [unarchive] = useUnarchiveProjectMutation()
  return (
    <Rows
      label="Archived projects"
      projects={data?.map((project) => ({ ...project, since: project.updated_at }))}
      error={error}
      onRetry={() => void refetch()}
      none="No project is archived."
      act="Bring back"
      onAct={async ({ id }) => (await unarchive(id)).error}
    />
  )
}

/** Projects in the trash, until they are deleted for good. */
export function DeletedProjects() {
  const { data, error, refetch } = useGetDeletedProjectsQuery(undefined, { refetchOnMountOrArgChange: true })
  const [restore] = useRestoreProjectMutation()
  return (
    <Rows
      label="Deleted projects"
      projects={data?.map((project) => ({ ...project, since: project.deleted_at }))}
      error={error}
      onRetry={() => void refetch()}
      none="No project is in the trash."
      act="Restore"
      onAct={async ({ id }) => (await restore(id)).error}
    />
  )
}

type Row = Pick<Project, "id" | "key" | "name"> & { since: string }

interface RowsProps {
  label: string
  projects: Row[] | undefined
  error: unknown
  onRetry: () => void
  none: string
  act: string
  onAct: (project: Row) => Promise<unknown>
}

function Rows({ label, projects, error, onRetry, none, act, onAct }: RowsProps) {
  const dispatch = useAppDispatch()
  const [busyId, setBusyId] = useState<string | null>(null)
  const run = async (project: Row) => {
    setBusyId(project.id)
    const refused = await onAct(project)
    setBusyId(null)
    dispatch(refused ? showToast(problemMessage(refused), { tone: "danger" }) : showToast(`${project.name} is back among the projects`))
  }
  if (!projects) return error ? <ErrorNotice error={error} onRetry={onRetry} /> : <Skeleton className="h-12 rounded-lg" />
  if (projects.length === 0) return <p className="text-sm text-ink-faint">{none}</p>
  return (
    <ul aria-label={label} className="divide-y divide-line rounded-lg border border-line">
      {projects.map((project) => (
        <li key={project.id} className="flex items-center gap-3 px-3 py-2">
          <span className="min-w-0 flex-1">
            <span className="block truncate text-base font-medium text-ink">{project.name}</span>
            <span className="text-xs text-ink-faint">
              {project.key}, <RelativeTime iso={project.since} />
            </span>
          </span>
          <Button size="sm" busy={busyId === project.id} aria-label={`${act}: ${project.name}`} onClick={() => void run(project)}>
            {act}
          </Button>
        </li>
      ))}
    </ul>
  )
}

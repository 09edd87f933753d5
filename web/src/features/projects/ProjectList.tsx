import { Link } from "react-router"
import type { ProjectSummary } from "@/lib/api/types"
import { ProgressBar } from "@/ui/ProgressBar"
import { RelativeTime } from "@/ui/RelativeTime"
import { Skeleton } from "@/ui/states"

interface ProjectListProps {
  projects: ProjectSummary[]
  linkTo: (project: ProjectSummary) => string
}

const grid = "grid gap-3 sm:grid-cols-2 xl:grid-cols-3"

export function ProjectList({ projects, linkTo }: ProjectListProps) {
  return (
    <ul aria-label="Projects" className={grid}>
      {projects.map((project) => (
        <li key={project.id}>
          <ProjectCard project={project} to={linkTo(project)} />
        </li>
      ))}
    </ul>
  )
}

function ProjectCard({ project, to }: { project: ProjectSummary; to: string }) {
  const done = project.task_count - project.open_task_count
  return (
    <article className="relative flex h-full min-h-40 flex-col rounded-xl border border-line bg-surface p-4 shadow-card transition-colors duration-100 hover:border-line-strong hover:bg-raised">
      <div className="flex items-start gap-3">
        <span className="inline-flex h-7 min-w-9 items-center justify-center rounded-md bg-accent-soft px-1.5 text-2xs font-semibold tracking-wide text-accent-ink">
          {project.key}
        </span>
        <h2 className="min-w-0 flex-1 pt-0.5 text-base leading-6 font-semibold break-words text-ink">
          <Link to={to} aria-label={`${project.key} ${project.name}`} className="outline-none! after:absolute after:inset-0 after:rounded-xl focus-visible:after:outline-2 focus-visible:after:outline-ring">
            {project.name}
          </Link>
        </h2>
      </div>
      {project.description && <p className="mt-2 line-clamp-2 text-sm text-ink-muted">{project.description}</p>}
      <div className="mt-auto pt-4">
        <div className="mb-1.5 flex justify-between gap-3 text-xs text-ink-muted">
          <span className="tabular-nums">
            {project.task_count === 0 ? "No tasks yet" : `${project.open_task_count} open of ${project.task_count}`}
          </span>
          <span className="truncate text-ink-faint">
            Updated <RelativeTime iso={project.updated_at} />
          </span>
        </div>
        <ProgressBar label={`${done} of ${project.task_count} done`} value={done} max={project.task_count} />
      </div>
    </article>
  )
}

export function ProjectListSkeleton() {
  return (
    <div className={grid} role="status" aria-label="Loading projects">
      {[1, 2, 3].map((n) => (
        <Skeleton key={n} className="h-40 rounded-xl" />
      ))}
    </div>
  )
}

import { useId, useMemo } from "react"
import { Link } from "react-router"
import { shortDate } from "@/lib/dates"
import { todayIn } from "@/lib/days"
import { useAppSelector } from "@/lib/store"
import { selectProjects, selectRows, selectSeenTasks } from "@/lib/sync/select"
import { Icon } from "@/ui/icons"
import { MEANINGS } from "./meanings"
import { projectsAtRisk } from "./risk"
import { plural } from "./words"

interface AtRiskProps {
  zone: string
  linkTo: (projectId: string) => string
}

const SHOWN = 20

/** Projects that need a look, each with a way to it. */
export function AtRisk({ zone, linkTo }: AtRiskProps) {
  const id = useId()
  const projects = useAppSelector(selectProjects)
  const states = useAppSelector((state) => selectRows(state, "state"))
  const tasks = useAppSelector(selectSeenTasks)
  const found = useMemo(() => projectsAtRisk(projects, states, tasks, todayIn(zone)), [projects, states, tasks, zone])
  return (
    <section aria-labelledby={id} className="rounded-xl border border-line bg-raised p-4 shadow-card">
      <h2 id={id} className="text-sm font-semibold text-ink">
        Projects at risk
      </h2>
      <p className="mt-0.5 mb-2 text-xs text-ink-muted">{found.length === 0 ? "None: no open task is overdue, and no project is past its last day." : MEANINGS.risk}</p>
      {found.length > 0 && (
        <ul aria-label="Projects at risk" className="divide-y divide-line">
          {found.slice(0, SHOWN).map(({ project, open, overdue, isLate }) => (
            <li key={project.id} className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 py-2 text-sm">
              <Link to={linkTo(project.id)} className="min-w-0 rounded font-medium text-ink underline decoration-line-strong underline-offset-2 hover:text-accent-ink">
                {project.name}
              </Link>
              <span className="flex items-center gap-1 text-xs text-danger-ink">
                <Icon name="alert" className="size-3" />
                {[
                  overdue > 0 && `${overdue} of ${plural(open, "open task")} overdue`,
                  isLate && project.end_date && `its last day was ${shortDate(project.end_date)}, ${plural(open, "task")} open`,
                ]
                  .filter(Boolean)
                  .join("; ")}
              </span>
            </li>
          ))}
        </ul>
      )}
      {found.length > SHOWN && <p className="text-xs text-ink-muted">and {plural(found.length - SHOWN, "other")}.</p>}
    </section>
  )
}

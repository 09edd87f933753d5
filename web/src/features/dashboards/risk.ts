import type { Project, StateCategory } from "@/lib/api/types"

export interface ProjectAtRisk {
  project: Project
  open: number
  overdue: number
  /** Its last day is over, and there is open work. */
  isLate: boolean
}

interface TaskToCount {
  project_id: string
  status: string
  due_date: string | null
}

interface StateToKnow {
  project_id: string
  key: string
  category: StateCategory
}

const OPEN: readonly StateCategory[] = ["backlog", "unstarted", "started"]

/** Projects with overdue work, or with open work after their last day; the most overdue first. */
export function projectsAtRisk(projects: readonly Project[], states: readonly StateToKnow[], tasks: readonly TaskToCount[], today: string, now: number = Date.now()): ProjectAtRisk[] {
  const open = new Set(states.filter(({ category }) => OPEN.includes(category)).map(({ project_id, key }) => `${project_id} ${key}`))
  const counts = new Map<string, { open: number; overdue: number }>()
  for (const { project_id, status, due_date } of tasks) {
    if (!open.has(`${project_id} ${status}`)) continue
    const count = counts.get(project_id) ?? { open: 0, overdue: 0 }
    count.open += 1
    if (due_date !== null && Date.parse(due_date) < now) count.overdue += 1
    counts.set(project_id, count)
  }
  return projects
    .map((project) => {
      const count = counts.get(project.id) ?? { open: 0, overdue: 0 }
      return { project, ...count, isLate: count.open > 0 && project.end_date !== null && project.end_date < today }
    })
    .filter(({ overdue, isLate }) => overdue > 0 || isLate)
    .sort((one, other) => other.overdue - one.overdue || other.open - one.open || one.project.name.localeCompare(other.project.name))
}

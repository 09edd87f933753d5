import { toDateInput, weekdayOf } from "@/lib/dates"
import type { TaskRow } from "@/lib/sync/models"

export type Due = "overdue" | "today" | "week" | "later" | "none"

export const DUES: { due: Due; title: string }[] = [
  { due: "overdue", title: "Overdue" },
  { due: "today", title: "Today" },
  { due: "week", title: "This week" },
  { due: "later", title: "Later" },
  { due: "none", title: "Without a due date" },
]

export interface Dependency {
  task_id: string
  depends_on_task_id: string
  type: string
}

export interface Waiting {
  task: TaskRow
  /** What it waits for, or what waits for it. */
  others: TaskRow[]
}

export interface MyWork {
  byDue: Map<Due, TaskRow[]>
  /** Mine, which others' work stands before. */
  blocked: Waiting[]
  /** Of others, which wait for mine. */
  waitForMe: Waiting[]
}

interface Everything {
  tasks: readonly TaskRow[]
  dependencies: readonly Dependency[]
  /** Whether a task is completed or cancelled. */
  isDone: (task: TaskRow) => boolean
  me: string
  now: number
}

const BEFORE_IT = "finish_to_start"

/** When it is due, by the viewer's calendar. A week ends as Sunday does. */
export function dueOf(dueDate: string | null, now: number): Due {
  if (!dueDate) return "none"
  const today = toDateInput(new Date(now).toISOString())
  const day = toDateInput(dueDate)
  if (day < today) return "overdue"
  if (day === today) return "today"
  const ahead = (Date.parse(day) - Date.parse(today)) / 86_400_000
  return ahead <= 6 - weekdayOf(today) ? "week" : "later"
}

/** What is mine to do, and where my work and that of others wait for each other. */
export function myWork({ tasks, dependencies, isDone, me, now }: Everything): MyWork {
  const open = new Map(tasks.filter((task) => task.archived_at === null && !isDone(task)).map((task) => [task.id, task]))
  const byDue = new Map<Due, TaskRow[]>()
  for (const task of open.values()) {
    if (task.assignee_id !== me) continue
    const due = dueOf(task.due_date, now)
    byDue.set(due, [...(byDue.get(due) ?? []), task])
  }
  for (const list of byDue.values()) list.sort(byDueAndPriority)

  const blocked = new Map<string, Waiting>()
  const waitForMe = new Map<string, Waiting>()
  for (const { task_id, depends_on_task_id, type } of dependencies) {
    const later = open.get(task_id)
    const first = open.get(depends_on_task_id)
    if (!later || !first || type !== BEFORE_IT) continue
    if (later.assignee_id === me && first.assignee_id !== me) add(blocked, later, first)
    if (first.assignee_id === me && later.assignee_id !== me) add(waitForMe, first, later)
  }
  const sorted = (waiting: Map<string, Waiting>) => [...waiting.values()].sort((one, other) => byDueAndPriority(one.task, other.task))
  return { byDue, blocked: sorted(blocked), waitForMe: sorted(waitForMe) }
}

function add(waiting: Map<string, Waiting>, task: TaskRow, other: TaskRow): void {
  waiting.set(task.id, { task, others: [...(waiting.get(task.id)?.others ?? []), other] })
}

const WEIGHTS = { urgent: 0, high: 1, medium: 2, low: 3 } as const

function byDueAndPriority(one: TaskRow, other: TaskRow): number {
  const [first, second] = [one.due_date ?? "9", other.due_date ?? "9"]
  if (toDay(first) !== toDay(second)) return toDay(first) < toDay(second) ? -1 : 1
  return WEIGHTS[one.priority] - WEIGHTS[other.priority] || (one.id < other.id ? -1 : 1)
}

function toDay(due: string): string {
  return due === "9" ? due : toDateInput(due)
}

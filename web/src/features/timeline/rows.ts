import type { BaselineDetails, Dependency, Timeline, TimelineTask } from "@/lib/api/types"
import { dayPoint } from "@/lib/days"

export const ROW = 36
export const BAR = 18

/** A line of the timeline, with where its bar begins and ends in days. */
export interface TimelineRow {
  task: TimelineTask
  depth: number
  start: number
  finish: number
  /** Where it was when the baseline was saved. */
  baseline: { start: number; finish: number } | null
}

const DEEPEST = 12

/** Parents before their sub-tasks, each level by its start. */
export function rowsOf({ tasks, zone }: Timeline, baseline: BaselineDetails | undefined): TimelineRow[] {
  const known = new Set(tasks.map(({ id }) => id))
  const below = new Map<string | null, TimelineTask[]>()
  for (const task of tasks) {
    const parent = task.parent_id !== null && known.has(task.parent_id) ? task.parent_id : null
    below.set(parent, [...(below.get(parent) ?? []), task])
  }
  const then = new Map(baseline?.tasks.map(({ task_id, start, finish }) => [task_id, { start: dayPoint(start, zone), finish: dayPoint(finish, zone) }]))
  const rows: TimelineRow[] = []
  const walk = (parent: string | null, depth: number) => {
    const children = (below.get(parent) ?? []).sort((one, other) => Date.parse(one.start) - Date.parse(other.start) || one.key.localeCompare(other.key, "en", { numeric: true }))
    for (const task of children) {
      rows.push({ task, depth, start: dayPoint(task.start, zone), finish: dayPoint(task.finish, zone), baseline: then.get(task.id) ?? null })
      if (depth < DEEPEST) walk(task.id, depth + 1)
    }
  }
  walk(null, 0)
  return rows
}

interface End {
  /** Pixels. */
  start: number
  finish: number
  row: number
}

const OUT = 8

/** The line of a dependency, from one end of what comes first to one end of what waits, around both bars. */
export function linkPath(type: Dependency["type"], first: End, waits: End): string {
  const fromFinish = type === "finish_to_start" || type === "finish_to_finish"
  const toStart = type === "finish_to_start" || type === "start_to_start"
  const x1 = fromFinish ? first.finish : first.start
  const x2 = toStart ? waits.start : waits.finish
  const y1 = first.row * ROW + ROW / 2
  const y2 = waits.row * ROW + ROW / 2
  const out = x1 + (fromFinish ? OUT : -OUT)
  const into = x2 + (toStart ? -OUT : OUT)
  const goesBack = fromFinish === toStart && (fromFinish ? out > into : out < into)
  // Room for it is between the two rows.
  const between = y1 + (y2 >= y1 ? ROW / 2 : -ROW / 2)
  if (goesBack) return `M${x1} ${y1}H${out}V${between}H${into}V${y2}H${x2}`
  const turn = fromFinish === toStart ? out : fromFinish ? Math.max(out, into) : Math.min(out, into)
  return `M${x1} ${y1}H${turn}V${y2}H${x2}`
}

/** How far a bar was dragged, or pulled at its end, in days. */
export interface Shift {
  taskId: string
  kind: "move" | "start" | "finish"
  days: number
}

/** What may be done to a bar: a finished task stays, and what has sub-tasks is only as long as they are. */
export function mayShift({ category, is_summary, is_milestone }: TimelineTask, kind: Shift["kind"]): boolean {
  return category !== "completed" && (kind === "move" || (!is_summary && !is_milestone))
}

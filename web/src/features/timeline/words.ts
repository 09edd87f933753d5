import type { Dependency, Timeline, TimelineTask } from "@/lib/api/types"
import { shortDate } from "@/lib/dates"
import { dayPoint } from "@/lib/days"
import { formatNumber } from "@/lib/region"
import { dayAt } from "./scale"

/** A moment's day on the project's calendar, as the person writes days. */
export function dayIn(iso: string, zone: string): string {
  return shortDate(dayAt(dayPoint(iso, zone)))
}

/** Working time: "2 h 30 min", "3 h". */
export function workingTime(minutes: number): string {
  const hours = Math.trunc(Math.abs(minutes) / 60)
  const rest = Math.abs(minutes) % 60
  const parts = [...(hours > 0 ? [`${formatNumber(hours)} h`] : []), ...(rest > 0 || hours === 0 ? [`${rest} min`] : [])]
  return `${minutes < 0 ? "−" : ""}${parts.join(" ")}`
}

/** The keys of what a task waits for. */
export function waitsFor(timeline: Timeline): ReadonlyMap<string, string[]> {
  const keys = new Map([...timeline.tasks, ...timeline.outside].map(({ id, key }) => [id, key]))
  const found = new Map<string, string[]>()
  const add = ({ task_id, depends_on_task_id }: Dependency) => found.set(task_id, [...(found.get(task_id) ?? []), keys.get(depends_on_task_id) ?? "a task elsewhere"])
  timeline.dependencies.forEach(add)
  return found
}

/** All that a bar shows, as its name. */
export function barName(task: TimelineTask, zone: string, waits: readonly string[] = []): string {
  const when = task.is_milestone ? dayIn(task.finish, zone) : `${dayIn(task.start, zone)} to ${dayIn(task.finish, zone)}`
  return [
    `${task.key} ${task.title}`,
    when,
    ...(task.category === "completed" ? ["done"] : []),
    ...(task.is_critical && task.category !== "completed" ? ["critical"] : []),
    ...(waits.length > 0 ? [`waits for ${waits.join(", ")}`] : []),
  ].join(", ")
}

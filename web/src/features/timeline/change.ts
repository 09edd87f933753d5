import type { Rescheduling, TaskChange, TimelineTask } from "@/lib/api/types"
import { addDays, dayNumber, dayPoint, momentDaysLater } from "@/lib/days"
import { dayAt } from "./scale"
import type { Shift } from "./rows"

/** What the API is asked for when a bar is moved or made longer: of start, end and length two say the third. */
export function changeOf(task: TimelineTask, { kind, days }: Omit<Shift, "taskId">, zone: string): TaskChange {
  const start = dayAt(dayPoint(task.start, zone))
  switch (kind) {
    case "move":
      return { task_id: task.id, start_date: addDays(start, days) }
    case "start":
      return { task_id: task.id, start_date: addDays(start, days), due_date: task.finish }
    case "finish":
      return { task_id: task.id, due_date: momentDaysLater(task.finish, zone, days) }
  }
}

/** The days by which a start or an end chosen as a date is another than now. */
export function shiftTo(task: TimelineTask, kind: "move" | "finish", day: string, zone: string): Shift | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return null
  const now = Math.floor(dayPoint(kind === "move" ? task.start : task.finish, zone))
  const days = dayNumber(day) - now
  return Number.isFinite(days) && Math.abs(days) <= 36_500 ? { taskId: task.id, kind, days } : null
}

/** In words: "3 tasks move, and the project ends 2 days later." */
export function summaryOf({ moves, old_finish, finish }: Rescheduling, zone: string): string {
  if (moves.length === 0) return "Nothing moves."
  const what = moves.length === 1 ? `${moves[0]?.key ?? "1 task"} moves` : `${moves.length} tasks move`
  const days = old_finish && finish ? Math.floor(dayPoint(finish, zone)) - Math.floor(dayPoint(old_finish, zone)) : 0
  if (days === 0) return `${what}; the project ends when it would have.`
  const count = `${Math.abs(days)} ${Math.abs(days) === 1 ? "day" : "days"}`
  return `${what}; the project ends ${count} ${days > 0 ? "later" : "earlier"}.`
}

/** What is not as somebody wants it, a sentence each. */
export function worriesOf({ misfits, conflicts, waiting_elsewhere, hidden }: Rescheduling, nameOf: (taskId: string) => string, dateOf: (iso: string) => string): string[] {
  const about = { constraint: "its constraint", deadline: "its deadline", dependency: "what it waits for" }
  const elsewhere = waiting_elsewhere.length + hidden
  return [
    ...misfits.map(({ task_id, got }) => `${nameOf(task_id)} can start ${dateOf(got)} at the earliest: no work is done on the day asked for, or it waits for another task.`),
    ...conflicts.map(({ task_id, about: wish }) => `${nameOf(task_id)} no longer keeps ${about[wish]}.`),
    ...(elsewhere > 0 ? [`${elsewhere} ${elsewhere === 1 ? "task" : "tasks"} of other projects ${elsewhere === 1 ? "waits" : "wait"} for this, and will not move.`] : []),
  ]
}

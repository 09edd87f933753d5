import type { TaskRow } from "@/lib/sync/models"
import { dueAtEndOf, toDateInput } from "@/lib/dates"
import { dayNumber, dayOf, dayPoint, momentDaysLater, weekdayOf } from "@/lib/days"
import { region } from "@/lib/region"

/** A month is "2026-05", a day "2026-05-04". */
export function monthOf(day: string): string {
  return day.slice(0, 7)
}

export function isMonth(text: string | null): text is string {
  return text !== null && /^(19[7-9]\d|2[01]\d\d)-(0[1-9]|1[0-2])$/.test(text)
}

export function monthsLater(month: string, months: number): string {
  const [year = 1970, number = 1] = month.split("-").map(Number)
  return new Date(Date.UTC(year, number - 1 + months, 1)).toISOString().slice(0, 7)
}

/** The weeks that a month touches, whole, each beginning on the person's first day (0 is Monday). */
export function weeksOf(month: string, firstWeekday: number): string[][] {
  const first = dayNumber(`${month}-01`)
  const last = dayNumber(`${monthsLater(month, 1)}-01`) - 1
  const start = first - ((weekdayOf(first) - firstWeekday + 7) % 7)
  const weeks = Math.ceil((last - start + 1) / 7)
  return Array.from({ length: weeks }, (_, week) => Array.from({ length: 7 }, (__, day) => dayOf(start + week * 7 + day)))
}

/** The tasks of each day that they are due on in a zone, in the order of their moments, and those without one. */
export function placed(tasks: readonly TaskRow[], zone: string): { byDay: ReadonlyMap<string, TaskRow[]>; unscheduled: TaskRow[] } {
  const byDay = new Map<string, TaskRow[]>()
  const unscheduled: TaskRow[] = []
  for (const task of tasks) {
    if (task.due_date === null) {
      if (task.completed_at === null) unscheduled.push(task)
      continue
    }
    const day = dayOf(Math.floor(dayPoint(task.due_date, zone)))
    const there = byDay.get(day)
    if (there) there.push(task)
    else byDay.set(day, [task])
  }
  for (const there of byDay.values()) there.sort((one, other) => Date.parse(one.due_date ?? "") - Date.parse(other.due_date ?? "") || one.number - other.number)
  unscheduled.sort((one, other) => (one.position < other.position ? -1 : 1))
  return { byDay, unscheduled }
}

/** Another day at the same time of the clock; what had no date is due at the day's end. */
export function dueOn(day: string, before: string | null): string | null {
  if (before === null) return dueAtEndOf(day)
  return momentDaysLater(before, region().timeZone, dayNumber(day) - dayNumber(toDateInput(before)))
}

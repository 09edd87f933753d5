import { clockTime, dayHeading, timeAt, toDateInput, weekdayOf } from "@/lib/dates"

export interface SnoozeTime {
  label: string
  hint: string
  until: Date
}

const MORNING = 9
const EVENING = 18
const HOUR_MS = 3_600_000
const LATER_HOURS = 3

/** When something may come back, by the clock on the viewer's wall. */
export function snoozeTimes(now: Date = new Date()): SnoozeTime[] {
  const today = toDateInput(now.toISOString())
  const later = new Date(Math.ceil((now.getTime() + LATER_HOURS * HOUR_MS) / (HOUR_MS / 4)) * (HOUR_MS / 4))
  const evening = timeAt(today, 0, EVENING)
  const tomorrow = timeAt(today, 1, MORNING)
  const toMonday = 7 - weekdayOf(today)
  const toSaturday = 5 - weekdayOf(today)
  return [
    { label: "In three hours", until: later },
    ...(evening.getTime() - now.getTime() > HOUR_MS ? [{ label: "This evening", until: evening }] : []),
    { label: "Tomorrow morning", until: tomorrow },
    ...(toSaturday > 1 ? [{ label: "At the weekend", until: timeAt(today, toSaturday, MORNING) }] : []),
    ...(toMonday > 1 ? [{ label: "Next week", until: timeAt(today, toMonday, MORNING) }] : []),
  ].map(({ label, until }) => ({ label, until, hint: momentIn(until, now) }))
}

/** "Tomorrow, 9:00": the day as it is called, and the time. */
export function momentIn(until: Date, now: Date = new Date()): string {
  return `${dayHeading(toDateInput(until.toISOString()), now.getTime())}, ${clockTime(until)}`
}

/** Of what the two fields say; null for a moment that is none, or is over. */
export function chosenTime(day: string, time: string, now: Date = new Date()): Date | null {
  const [hour, minute] = time.split(":").map(Number)
  if (!day || hour === undefined || minute === undefined) return null
  const until = timeAt(day, 0, hour, minute)
  return until.getTime() > now.getTime() ? until : null
}

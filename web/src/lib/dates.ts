const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" })
const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" })
const dayAndMonth = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" })
const dayMonthYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" })

/** "5 minutes ago", and past a month the date itself. */
export function relativeTime(iso: string, now: number = Date.now()): string {
  const elapsed = Date.parse(iso) - now
  const size = Math.abs(elapsed)
  if (size < MINUTE) return "just now"
  if (size < HOUR) return relative.format(Math.trunc(elapsed / MINUTE), "minute")
  if (size < DAY) return relative.format(Math.trunc(elapsed / HOUR), "hour")
  if (size < 30 * DAY) return relative.format(Math.trunc(elapsed / DAY), "day")
  return shortDate(iso, now)
}

export function absoluteTime(iso: string): string {
  return absolute.format(new Date(iso))
}

export function shortDate(iso: string, now: number = Date.now()): string {
  const date = toLocalDay(iso)
  return (date.getFullYear() === new Date(now).getFullYear() ? dayAndMonth : dayMonthYear).format(date)
}

export interface DueDate {
  text: string
  title: string
  tone: "overdue" | "soon" | "later"
}

/** A due date in words. Done work is never overdue. */
export function dueDate(iso: string, isDone: boolean, now: number = Date.now()): DueDate {
  const days = Math.round((startOfDay(toLocalDay(iso)) - startOfDay(new Date(now))) / DAY)
  const text = Math.abs(days) <= 1 ? capitalise(relative.format(days, "day")) : shortDate(iso, now)
  const title = `Due ${dayMonthYear.format(toLocalDay(iso))}`
  if (isDone || days > 2) return { text, title, tone: "later" }
  return { text, title, tone: days < 0 ? "overdue" : "soon" }
}

/** The value of an <input type="date"> for a timestamp or a plain date, as the viewer's calendar shows it. */
export function toDateInput(iso: string | null): string {
  if (!iso) return ""
  const date = toLocalDay(iso)
  const two = (part: number) => String(part).padStart(2, "0")
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** The end of the chosen day where the viewer is: due "on the 3rd" is not late on the 3rd. */
export function dueAtEndOf(day: string): string | null {
  if (!day) return null
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number)
  return new Date(year, month - 1, date, 23, 59, 59).toISOString()
}

// A plain date has no time zone: reading it as UTC would show the day before in America.
function toLocalDay(iso: string): Date {
  return /^\d{4}-\d{2}-\d{2}$/.test(iso) ? new Date(`${iso}T00:00:00`) : new Date(iso)
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
}

function capitalise(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}

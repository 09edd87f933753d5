const DAY_MS = 86_400_000
const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

/** The day that somebody means, seen from today; undefined for what is none. Days are written as 2027-01-05. */
export function dayOf(typed: string | undefined, today: string): string | undefined {
  const words = typed?.toLowerCase().replace(/[-_ ]+/g, " ").trim()
  if (!words) return undefined
  const now = new Date(`${today}T00:00:00Z`)
  const after = (days: number) => written(new Date(now.getTime() + days * DAY_MS))
  const weekday = (now.getUTCDay() + 6) % 7

  if (words === "today" || words === "tod") return today
  if (["tomorrow", "tom", "tmr"].includes(words)) return after(1)
  if (words === "next week") return after(7 - weekday)
  if (words === "next month") return written(new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1)))
  const named = words.length < 3 ? -1 : WEEKDAYS.findIndex((name) => name.startsWith(words))
  if (named !== -1) return after((named - weekday + 7) % 7)

  const span = /^(\d{1,3})([dwmy])$/.exec(words)
  if (span) return later(now, Number(span[1]), span[2] ?? "d")
  const iso = /^(\d{4}) (\d{1,2}) (\d{1,2})$/.exec(words)
  if (iso) return dayIn(Number(iso[1]), Number(iso[2]), Number(iso[3]))
  const [, day, month] = /^(\d{1,2})\.? ?(\p{L}{3,})$/u.exec(words) ?? swapped(/^(\p{L}{3,}) ?(\d{1,2})$/u.exec(words)) ?? []
  const at = MONTHS.findIndex((name) => month?.startsWith(name))
  if (day === undefined || at === -1) return undefined
  const thisYear = dayIn(now.getUTCFullYear(), at + 1, Number(day))
  return thisYear && thisYear >= today ? thisYear : dayIn(now.getUTCFullYear() + 1, at + 1, Number(day))
}

function swapped(match: RegExpExecArray | null): string[] | undefined {
  return match ? [match[0], match[2] ?? "", match[1] ?? ""] : undefined
}

function later(now: Date, count: number, unit: string): string {
  if (unit === "d" || unit === "w") return written(new Date(now.getTime() + count * (unit === "w" ? 7 : 1) * DAY_MS))
  const month = now.getUTCMonth() + (unit === "m" ? count : 12 * count)
  // A month after the 31st of January is the end of February.
  const last = new Date(Date.UTC(now.getUTCFullYear(), month + 1, 0)).getUTCDate()
  return written(new Date(Date.UTC(now.getUTCFullYear(), month, Math.min(now.getUTCDate(), last))))
}

/** Nothing for the 30th of February. */
function dayIn(year: number, month: number, day: number): string | undefined {
  const date = new Date(Date.UTC(year, month - 1, day))
  return year >= 1000 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? written(date) : undefined
}

function written(date: Date): string {
  return date.toISOString().slice(0, 10)
}

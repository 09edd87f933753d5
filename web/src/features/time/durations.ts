const MOST_MINUTES = 24 * 60

/** Minutes that somebody typed: "1h 30m", "1:30", "1.5", "1,5 h", "90m". A number alone is hours. Null for none, or more than a day. */
export function parseDuration(typed: string): number | null {
  const text = typed.trim().toLowerCase().replace(",", ".")
  const clock = /^(\d{1,2}):([0-5]\d)$/.exec(text)
  const words = /^(?:(\d{1,2}(?:\.\d{1,2})?)\s*h(?:ours?)?)?\s*(?:(\d{1,4})\s*m(?:in(?:utes?)?)?)?$/.exec(text)
  const plain = /^\d{1,2}(?:\.\d{1,2})?$/.exec(text)
  let minutes = 0
  if (clock) minutes = Number(clock[1]) * 60 + Number(clock[2])
  else if (plain) minutes = Math.round(Number(text) * 60)
  else if (words) minutes = Math.round(Number(words[1] ?? 0) * 60) + Number(words[2] ?? 0)
  return minutes > 0 && minutes <= MOST_MINUTES ? minutes : null
}

/** "1:30", as in a timesheet. */
export function asHours(seconds: number): string {
  const minutes = Math.round(seconds / 60)
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`
}

/** "1 h 30 min", as in a sentence. */
export function asWords(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60]
  return [...(hours > 0 ? [`${hours} h`] : []), ...(rest > 0 || hours === 0 ? [`${rest} min`] : [])].join(" ")
}

/** "1:02:03", as a running clock. */
export function asClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const two = (part: number) => String(part).padStart(2, "0")
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`
}

const DAY_MS = 86_400_000

/** The week of a day as ISO 8601 calls it: "2026-W48". */
export function isoWeek(day: string): string {
  const date = new Date(`${day}T00:00:00Z`)
  // A week belongs to the year of its Thursday.
  const thursday = new Date(date.getTime() + (3 - ((date.getUTCDay() + 6) % 7)) * DAY_MS)
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1)
  const week = Math.floor((thursday.getTime() - first) / (7 * DAY_MS)) + 1
  return `${thursday.getUTCFullYear()}-W${String(week).padStart(2, "0")}`
}

/** A day so many days later. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}

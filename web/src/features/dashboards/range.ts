import { addDays, dayNumber, todayIn } from "@/lib/days"

/** Which days are looked at, by whose clock. The address holds it, so that a link shows others the same. */
export interface Range {
  /** So many days up to today, or null for two days of one's own. */
  length: number | null
  since: string
  until: string
  zone: string
}

export const LENGTHS = [30, 90, 180] as const
const USUAL = 30
const OWN = ["range", "since", "until", "zone"]

export function readRange(params: URLSearchParams, ownZone: string, now: number = Date.now()): Range {
  const asked = params.get("zone")
  const zone = asked && isZone(asked) ? asked : ownZone
  const since = params.get("since") ?? ""
  const until = params.get("until") ?? ""
  if (isDay(since) && isDay(until) && since <= until) return { length: null, since, until, zone }
  const length = LENGTHS.find((one) => String(one) === params.get("range")) ?? USUAL
  const today = todayIn(zone, now)
  return { length, since: addDays(today, 1 - length), until: today, zone }
}

/** The address with another range; the rest of it stays. */
export function writeRange(params: URLSearchParams, { length, since, until, zone }: Range): URLSearchParams {
  const next = new URLSearchParams(params)
  OWN.forEach((name) => next.delete(name))
  if (length === null) {
    next.set("since", since)
    next.set("until", until)
  } else next.set("range", String(length))
  next.set("zone", zone)
  return next
}

export type Bucket = "day" | "week" | "month"

export function daysIn({ since, until }: Pick<Range, "since" | "until">): number {
  return dayNumber(until) - dayNumber(since) + 1
}

/** Pieces fine enough to see, few enough to draw, and never more than the server gives. */
export function bucketOf(range: Range): Bucket {
  const days = daysIn(range)
  return days <= 120 ? "day" : days <= 1_000 ? "week" : "month"
}

/** Throughput is told by the week, unless there are too many of them. */
export function throughputBucketOf(range: Range): Bucket {
  return daysIn(range) <= 1_000 ? "week" : "month"
}

export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text < "2000-01-01" || text > "2199-12-31") return false
  const time = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== ""
  } catch {
    return false // a RangeError: no such zone
  }
}

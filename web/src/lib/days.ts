import { TZDateMini } from "@date-fns/tz"

const DAY = 86_400_000

/** Days since 1970, of "2026-03-29": days can be counted and added without any clock. */
export function dayNumber(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) / DAY
}

export function dayOf(number: number): string {
  return new Date(number * DAY).toISOString().slice(0, 10)
}

export function addDays(day: string, days: number): string {
  return dayOf(dayNumber(day) + days)
}

/** 0 is Monday. */
export function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7
}

/** Where a moment stands on a zone's calendar: days since 1970, with the part of its day that is over. */
export function dayPoint(iso: string, zone: string): number {
  const date = new TZDateMini(Date.parse(iso), zone)
  const midnight = Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / DAY
  return midnight + (date.getHours() + date.getMinutes() / 60) / 24
}

/** The same time of the clock some days later, with the zone's offset as it is then. */
export function momentDaysLater(iso: string, zone: string, days: number): string {
  const date = new TZDateMini(Date.parse(iso), zone)
  const later = new TZDateMini(date.getFullYear(), date.getMonth(), date.getDate() + days, date.getHours(), date.getMinutes(), date.getSeconds(), zone)
  return new Date(later.getTime()).toISOString()
}

/** The day that it is in a zone. */
export function todayIn(zone: string, now: number = Date.now()): string {
  return dayOf(Math.floor(dayPoint(new Date(now).toISOString(), zone)))
}

/** ISO 8601 weeks: "2026-W48". */
export function weekOfDay(day: string): string {
  const number = dayNumber(day)
  const thursday = new Date((number - weekdayOf(number) + 3) * DAY)
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1)
  const week = Math.floor((thursday.getTime() - first) / (7 * DAY)) + 1
  return `${thursday.getUTCFullYear()}-W${String(week).padStart(2, "0")}`
}

/** The Monday of such a week. */
export function mondayOf(week: string): string {
  const [year = 1970, count = 1] = week.split("-W").map(Number)
  const fourth = Date.UTC(year, 0, 4) / DAY
  return dayOf(fourth - weekdayOf(fourth) + (count - 1) * 7)
}

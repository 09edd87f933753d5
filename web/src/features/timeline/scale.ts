import { dayOf, weekdayOf } from "@/lib/days"
import { region } from "@/lib/region"

export type Zoom = "day" | "week" | "month"

/** Pixels of a day. */
export const DAY_WIDTH: Record<Zoom, number> = { day: 44, week: 18, month: 6 }
export const ZOOMS: readonly { value: Zoom; label: string }[] = [
  { value: "day", label: "Day" },
  { value: "week", label: "Week" },
  { value: "month", label: "Month" },
]

export interface Scale {
  zoom: Zoom
  /** The days that are drawn, as numbers; `until` is the one after the last. */
  from: number
  until: number
}

/** All that the plan spans, today, and room to drag to; never more than some years. */
export function scaleOf(points: readonly number[], today: number, zoom: Zoom): Scale {
  const room = zoom === "day" ? 7 : zoom === "week" ? 21 : 62
  const first = points.reduce((low, point) => Math.min(low, point), today)
  const last = points.reduce((high, point) => Math.max(high, point), today)
  const from = Math.floor(first) - Math.ceil(room / 2)
  const until = Math.min(Math.ceil(last) + room * 2, from + MOST_DAYS)
  return { zoom, from: from - weekdayOf(from), until }
}

const MOST_DAYS = 3660

export function xOf(point: number, { from, zoom }: Scale): number {
  return (point - from) * DAY_WIDTH[zoom]
}

export function widthOf({ from, until, zoom }: Scale): number {
  return (until - from) * DAY_WIDTH[zoom]
}

export interface Tick {
  day: number
  label: string
}

/** Two lines over the bars: the larger parts of time, and the smaller in them. */
export function ticksOf({ from, until, zoom }: Scale, firstWeekday: number): { upper: Tick[]; lower: Tick[] } {
  const { locale } = region()
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" })
  const month = format({ month: "long", year: "numeric" })
  const upper: Tick[] = []
  const lower: Tick[] = []
  const dayName = zoom === "day" ? format({ weekday: "narrow", day: "numeric" }) : format({ day: "numeric" })
  const monthName = format({ month: "short" })
  for (let day = from; day < until; day++) {
    const date = new Date(day * 86_400_000)
    const isFirst = date.getUTCDate() === 1
    if (zoom === "month") {
      if ((isFirst && date.getUTCMonth() === 0) || day === from) upper.push({ day, label: String(date.getUTCFullYear()) })
      if (isFirst) lower.push({ day, label: monthName.format(date) })
      continue
    }
    if (isFirst || day === from) upper.push({ day, label: month.format(date) })
    if (zoom === "day" || weekdayOf(day) === firstWeekday) lower.push({ day, label: dayName.format(date) })
  }
  // Two names where there is room for one: the first is cut short by the second.
  const [first, second] = upper
  if (first && second && second.day - first.day < MOST_CROWDED[zoom]) upper.shift()
  return { upper, lower }
}

const MOST_CROWDED: Record<Zoom, number> = { day: 3, week: 7, month: 40 }

/** Where weekends are, to be shaded; not where days are too thin to see. */
export function weekendsIn({ from, until, zoom }: Scale): number[] {
  if (zoom === "month") return []
  return Array.from({ length: until - from }, (_, at) => from + at).filter((day) => weekdayOf(day) === 5)
}

export const dayAt = (point: number): string => dayOf(Math.floor(point))

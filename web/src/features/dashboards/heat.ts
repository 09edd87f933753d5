import type { WeekLoad } from "@/lib/api/types"
import { addDays, mondayOf, weekOfDay } from "@/lib/days"
import { formatNumber } from "@/lib/region"

export type Heat = "off" | "free" | "some" | "full" | "over"

/** From here on a week is called full. */
const FULL = 0.9

/** How full a week is; per cent of what somebody can work, null where that is nothing. */
export function heatOf({ planned, capacity, over_allocated }: Pick<WeekLoad, "planned" | "capacity" | "over_allocated">): { heat: Heat; percent: number | null } {
  const percent = capacity > 0 ? Math.round((planned / capacity) * 100) : null
  if (over_allocated > 0 || planned > capacity) return { heat: "over", percent }
  if (planned === 0) return { heat: capacity === 0 ? "off" : "free", percent }
  return { heat: planned >= capacity * FULL ? "full" : "some", percent }
}

/** "7.5 h" of minutes. */
export function hoursOf(minutes: number): string {
  return `${formatNumber(Math.round(minutes / 6) / 10)} h`
}

/** So many weeks from the one that a day is in. */
export function weeksFrom(day: string, count: number): string[] {
  const monday = mondayOf(weekOfDay(day))
  return Array.from({ length: count }, (_, week) => weekOfDay(addDays(monday, week * 7)))
}

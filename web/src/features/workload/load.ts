import type { WeekLoad } from "@/lib/api/types"
import { addDays, mondayOf, weekOfDay } from "@/lib/days"
import { formatNumber } from "@/lib/region"

/** What is counted: what is left of open tasks, or what people were assigned for. */
export type Measure = "planned" | "allocated"

export interface Level {
  tone: "over" | "full" | "some" | "free" | "off"
  /** In minutes. */
  load: number
  over: number
  /** What it is called, for those who see no colour. */
  word: string
}

/** From here on a week is called full. */
const FULL = 0.9

export function levelOf(week: Pick<WeekLoad, "capacity" | "planned" | "allocated" | "over_allocated" | "over_assigned">, measure: Measure): Level {
  const load = measure === "planned" ? week.planned : week.allocated
  const over = measure === "planned" ? week.over_allocated : week.over_assigned
  if (over > 0) return { tone: "over", load, over, word: `${hours(over)} over` }
  if (load === 0) return week.capacity === 0 ? { tone: "off", load, over, word: "Off" } : { tone: "free", load, over, word: "Free" }
  return load >= week.capacity * FULL ? { tone: "full", load, over, word: "Full" } : { tone: "some", load, over, word: `${hours(week.capacity - load)} free` }
}

/** "7.5 h": minutes as people speak of work. */
export function hours(minutes: number): string {
  return `${formatNumber(Math.round(minutes / 6) / 10)} h`
}

/** So many weeks from the one that a day is in. */
export function weeksFrom(day: string, count: number): string[] {
  const monday = mondayOf(weekOfDay(day))
  return Array.from({ length: count }, (_, week) => weekOfDay(addDays(monday, week * 7)))
}

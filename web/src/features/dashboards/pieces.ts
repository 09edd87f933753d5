import { mondayOf, weekOfDay } from "@/lib/days"
import type { Piece } from "./api"
import type { Bucket } from "./range"

/** Days added up to the ISO weeks that they are in; longer pieces as they are. */
export function finishedByWeek(pieces: readonly Pick<Piece, "start" | "completed">[], bucket: Bucket): { pieces: { start: string; completed: number }[]; unit: Bucket } {
  if (bucket !== "day") return { pieces: pieces.map(({ start, completed }) => ({ start, completed })), unit: bucket }
  const weeks = new Map<string, { start: string; completed: number }>()
  for (const { start, completed } of pieces) {
    const monday = mondayOf(weekOfDay(start))
    const week = weeks.get(monday)
    if (week) week.completed += completed
    else weeks.set(monday, { start, completed }) // the first may begin in the middle of its week
  }
  return { pieces: [...weeks.values()], unit: "week" }
}

import type { ReactNode } from "react"
import { shortDate } from "@/lib/dates"

/** The first line of a tooltip over a piece of time. */
export function tipDay(label: ReactNode): ReactNode {
  return typeof label === "string" ? shortDate(label) : label
}

/** For an axis whose ticks `shortDate` would take for something else. */
export function tickDay(moment: number): string {
  return shortDate(new Date(moment).toISOString())
}

import type { ReactNode } from "react"
import { shortDate } from "@/lib/dates"

/** The first line of a tooltip over a piece of time. */
export function tipDay(label: ReactNode): ReactNode {
  return typeof label === "string" ? shortDate(label) : label
}

/** A tick of an axis of time: a day, or a moment. Axes give a place as well, which `shortDate` would take for the time that it is. */
export function tickDay(at: string | number): string {
  return shortDate(typeof at === "string" ? at : new Date(at).toISOString())
}

import { dueAtEndOf } from "@/lib/dates"

const DAY_MS = 86_400_000

export type Expiry = "30" | "90" | "365" | "never" | "date"

export const EXPIRIES: { value: Expiry; label: string }[] = [
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In a year" },
  { value: "never", label: "Never" },
  { value: "date", label: "On a date…" },
]

/** When a key ends, or null for never. A date counts to its end, where whoever chooses it is. */
export function expiresAt(expiry: Expiry, day: string, now: number = Date.now()): string | null {
  if (expiry === "never") return null
  if (expiry === "date") return dueAtEndOf(day)
  return new Date(now + Number(expiry) * DAY_MS).toISOString()
}

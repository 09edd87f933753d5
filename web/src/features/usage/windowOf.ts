import { formatNumber } from "@/lib/region"

const UNITS = [
  { name: "day", seconds: 86_400 },
  { name: "hour", seconds: 3_600 },
  { name: "minute", seconds: 60 },
  { name: "second", seconds: 1 },
]

/** "a minute", "in 15 minutes". */
export function windowOf(seconds: number): string {
  const unit = UNITS.find((one) => seconds % one.seconds === 0)
  if (!unit) return `in ${formatNumber(seconds)} seconds`
  const count = seconds / unit.seconds
  if (count > 1) return `in ${formatNumber(count)} ${unit.name}s`
  return unit.name === "hour" ? "an hour" : `a ${unit.name}`
}

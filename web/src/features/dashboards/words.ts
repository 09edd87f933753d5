import { region, formatNumber } from "@/lib/region"
import type { Change } from "./api"

const HOUR = 3_600
const DAY = 86_400

const tenths = (value: number) => formatNumber(Math.round(value * 10) / 10)

/** "2.5 days", "3 h", "10 min": seconds as people speak of them. */
export function duration(seconds: number): string {
  if (seconds >= DAY) return Math.round((seconds / DAY) * 10) === 10 ? "1 day" : `${tenths(seconds / DAY)} days`
  if (seconds >= HOUR) return `${tenths(seconds / HOUR)} h`
  return `${formatNumber(Math.round(seconds / 60))} min`
}

/** For a scale: days, to a hundredth. */
export function inDays(seconds: number): number {
  return Math.round((seconds / DAY) * 100) / 100
}

/** The API writes decimals as text. */
export function amount(decimal: string): string {
  return formatNumber(Number(decimal))
}

export function hours(decimal: string): string {
  return `${amount(decimal)} h`
}

export function percent(decimal: string | null): string {
  return decimal === null ? "–" : `${amount(decimal)} %`
}

export function money(decimal: string, currency: string): string {
  return new Intl.NumberFormat(region().locale, { style: "currency", currency }).format(Number(decimal))
}

/** "9 in the 30 days before (+33.3 %)". */
export function comparison({ before, percent: by }: Change, days: number): string {
  const sign = by !== null && Number(by) > 0 ? "+" : ""
  return `${formatNumber(before)} in the ${formatNumber(days)} days before${by === null ? "" : ` (${sign}${amount(by)} %)`}`
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`
}

import type { ReportResult } from "@/lib/api/types"
import { SERIES } from "@/ui/charts/look"
import { figure, groupName, isTime } from "./figures"

export interface Plot {
  /** One a place of the axis: its name, and a number a series under "s0", "s1", … */
  points: Point[]
  series: string[]
  /** Whether the series are parts of one sum. */
  isStacked: boolean
  isTime: boolean
  /** Groups or series that are only in the table. */
  left: number
}

export interface Point {
  name: string
  values: (number | null)[]
}

const MOST_BARS = 24
const MOST_MOMENTS = 120
const MOST_SLICES = SERIES.length
/** What can be added up: a median of medians is none. */
const SUMS = new Set(["tasks", "hours", "money", "a_week"])

/** What is drawn of a result: the first measure, in the groups of the first dimension, parted by the second. */
export function plotOf(result: ReportResult): Plot {
  const [first, second] = result.dimensions
  const unit = result.measures[0]?.unit
  const isSum = SUMS.has(unit ?? "")
  const timed = first !== undefined && isTime(first.name)
  const most = timed ? MOST_MOMENTS : MOST_BARS
  const kept = (points: Point[]) => (timed ? points.slice(-most) : points.slice(0, most))

  if (second) {
    const sizes = new Map<string, number>()
    const places = new Map<string, Map<string, number | null>>()
    for (const { keys, values } of result.rows) {
      const place = groupName(keys[0], first?.name)
      const part = groupName(keys[1], second.name)
      const value = numberOf(values[0])
      sizes.set(part, (sizes.get(part) ?? 0) + (value ?? 0))
      const at = places.get(place) ?? new Map<string, number | null>()
      places.set(place, at.set(part, value))
    }
    const largest = [...sizes].sort(([, one], [, other]) => other - one).map(([part]) => part)
    const foldsRest = isSum && largest.length > SERIES.length
    const own = largest.slice(0, foldsRest ? SERIES.length - 1 : SERIES.length)
    const rest = largest.slice(own.length)
    const all = [...places].map(([name, parts]): Point => {
      const values = own.map((part) => parts.get(part) ?? (isSum ? 0 : null))
      return { name, values: foldsRest ? [...values, rest.reduce((sum, part) => sum + (parts.get(part) ?? 0), 0)] : values }
    })
    const points = kept(all)
    return { points, series: foldsRest ? [...own, "Others"] : own, isStacked: isSum, isTime: timed, left: all.length - points.length + (foldsRest ? 0 : rest.length) }
  }

  // Numbers of one kind share an axis.
  const together = result.measures.map(({ unit: own }, at) => ({ own, at })).filter(({ own }) => own === unit).slice(0, SERIES.length)
  const series = together.map(({ at }) => result.measures[at]?.label ?? "")
  const rows = first ? result.rows : [{ keys: [], values: result.totals }]
  const all = rows.map(({ keys, values }): Point => ({ name: groupName(keys[0], first?.name), values: together.map(({ at }) => numberOf(values[at])) }))
  const points = kept(all)
  return { points, series, isStacked: false, isTime: timed, left: all.length - points.length }
}

/** The first measure in so many slices as there are colours; the smallest together. */
export function slicesOf(result: ReportResult): { name: string; value: number }[] {
  const dimension = result.dimensions[0]?.name
  const sizes = new Map<string, number>()
  for (const { keys, values } of result.rows) {
    const name = groupName(keys[0], dimension)
    sizes.set(name, (sizes.get(name) ?? 0) + Math.max(0, Number(values[0] ?? 0)))
  }
  const sorted = [...sizes].map(([name, value]) => ({ name, value })).filter(({ value }) => value > 0).sort((one, other) => other.value - one.value)
  if (sorted.length <= MOST_SLICES) return sorted
  const rest = sorted.slice(MOST_SLICES - 1)
  return [...sorted.slice(0, MOST_SLICES - 1), { name: "Others", value: rest.reduce((sum, { value }) => sum + value, 0) }]
}

/** What the chart shows, in a sentence. */
export function sentenceOf(result: ReportResult): string {
  const [measure] = result.measures
  if (!measure) return ""
  const total = figure(result.totals[0], measure.unit, result.currency)
  const dimension = result.dimensions[0]?.name
  const filled = result.rows.filter(({ values }) => values[0] !== null)
  if (!dimension || filled.length === 0) return `${measure.label}: ${total}.`
  const largest = filled.reduce((most, row) => (Number(row.values[0]) > Number(most.values[0]) ? row : most))
  const name = largest.keys.map((key, at) => groupName(key, result.dimensions[at]?.name)).join(", ")
  const { left } = plotOf(result)
  const rest = result.chart !== "pie" && left > 0 ? ` ${left} more are in the table.` : ""
  return `${measure.label}: ${total} in all; most in ${name}, ${figure(largest.values[0], measure.unit, result.currency)}.${rest}`
}

function numberOf(value: string | null | undefined): number | null {
  return value === null || value === undefined ? null : Number(value)
}

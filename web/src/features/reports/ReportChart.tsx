import { Bar, BarChart, CartesianGrid, Line, LineChart, Pie, PieChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts"
import type { ReportResult } from "@/lib/api/types"
import { AXIS, GRID, SERIES, TOOLTIP } from "@/ui/charts/look"
import { figure } from "./figures"
import { plotOf, slicesOf, type Plot } from "./plot"

const HEIGHT = 280
const ROW = 34
const LONGEST_NAME = 22

/** How high the drawing of a result is: bars of named groups lie, one below the other. */
export function heightOf(result: ReportResult): number {
  if (result.chart !== "bar") return HEIGHT
  const plot = plotOf(result)
  if (plot.isTime) return HEIGHT
  const bars = plot.isStacked ? 1 : Math.max(1, plot.series.length * 0.7)
  return Math.max(140, plot.points.length * ROW * bars + 60)
}

/** The drawing alone: who does not see it has the sentence and the table. */
export function ReportChart({ result }: { result: ReportResult }) {
  const unit = result.measures[0]?.unit
  const shown = (value: unknown) => figure(typeof value !== "number" ? null : String(value), unit, result.currency)
  if (result.chart === "pie") return <Slices result={result} shown={shown} />
  const plot = plotOf(result)
  return (
    <div aria-hidden="true" className="flex h-full flex-col">
      {plot.series.length > 1 && <Legend names={plot.series} />}
      <div className="min-h-0 flex-1">
        <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 480, height: 240 }}>
          {result.chart === "line" ? lines(plot, shown, unit !== "tasks") : bars(plot, shown, unit !== "tasks")}
        </ResponsiveContainer>
      </div>
    </div>
  )
}

function lines({ points, series }: Plot, shown: (value: unknown) => string, allowDecimals: boolean) {
  return (
    <LineChart data={points} accessibilityLayer={false} margin={MARGIN}>
      <CartesianGrid {...GRID} />
      <XAxis dataKey="name" {...AXIS} minTickGap={24} />
      <YAxis {...AXIS} width={44} allowDecimals={allowDecimals} />
      <Tooltip {...TOOLTIP} formatter={shown} />
      {series.map((name, at) => (
        <Line key={name} name={name} dataKey={({ values }: { values: (number | null)[] }) => values[at]} stroke={colour(at)} strokeWidth={2} dot={points.length < 32} isAnimationActive={false} />
      ))}
    </LineChart>
  )
}

function bars({ points, series, isStacked, isTime }: Plot, shown: (value: unknown) => string, allowDecimals: boolean) {
  const longest = Math.min(LONGEST_NAME, Math.max(...points.map(({ name }) => name.length)))
  const names = { dataKey: "name", ...AXIS, tickFormatter: shortened }
  return (
    <BarChart data={points} layout={isTime ? "horizontal" : "vertical"} accessibilityLayer={false} margin={MARGIN} barCategoryGap="24%">
      <CartesianGrid {...GRID} vertical={!isTime} horizontal={isTime} />
      {isTime ? <XAxis {...names} minTickGap={24} /> : <XAxis type="number" {...AXIS} allowDecimals={allowDecimals} />}
      {isTime ? <YAxis {...AXIS} width={44} allowDecimals={allowDecimals} /> : <YAxis type="category" {...names} width={longest * 6.2 + 18} interval={0} />}
      <Tooltip {...TOOLTIP} formatter={shown} />
      {series.map((name, at) => (
        <Bar
          key={name}
          name={name}
          dataKey={({ values }: { values: (number | null)[] }) => values[at]}
          fill={colour(at)}
          maxBarSize={28}
          radius={isStacked ? 0 : isTime ? [3, 3, 0, 0] : [0, 3, 3, 0]}
          isAnimationActive={false}
          {...(isStacked && { stackId: "all" })}
        />
      ))}
    </BarChart>
  )
}

function Slices({ result, shown }: { result: ReportResult; shown: (value: unknown) => string }) {
  const slices = slicesOf(result)
  return (
    <div aria-hidden="true" className="flex h-full flex-col">
      <Legend names={slices.map(({ name, value }) => `${name} · ${shown(value)}`)} />
      <div className="min-h-0 flex-1">
        <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 480, height: 240 }}>
          <PieChart accessibilityLayer={false}>
            <Pie
              data={slices.map((slice, at) => ({ ...slice, fill: colour(at) }))}
              dataKey="value"
              nameKey="name"
              innerRadius="52%"
              outerRadius="92%"
              stroke="var(--raised)"
              strokeWidth={2}
              isAnimationActive={false}
            />
            <Tooltip {...TOOLTIP} formatter={shown} />
          </PieChart>
        </ResponsiveContainer>
      </div>
    </div>
  )
}

function Legend({ names }: { names: string[] }) {
  return (
    <ul className="mb-2 flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-muted">
      {names.map((name, at) => (
        <li key={name} className="flex items-center gap-1.5">
          <span className="size-2.5 rounded-sm print:[print-color-adjust:exact]" style={{ background: colour(at) }} />
          {name}
        </li>
      ))}
    </ul>
  )
}

const MARGIN = { top: 8, right: 16, bottom: 0, left: 0 }

function colour(at: number): string {
  return SERIES[at % SERIES.length] ?? SERIES[0]
}

function shortened(name: string): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name
}

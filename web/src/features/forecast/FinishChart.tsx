import { Area, AreaChart, CartesianGrid, ReferenceArea, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts"
import type { Forecast } from "@/lib/api/types"
import { shortDate } from "@/lib/dates"
import { dayNumber, dayOf } from "@/lib/days"
import { ChartFrame } from "@/ui/charts/ChartFrame"
import { AXIS, GRID, SERIES, TOOLTIP } from "@/ui/charts/look"
import { percent } from "./words"

const HEIGHT = 260
/** The rare futures beyond would take most of the width; the table has them. */
const DRAWN = 0.985

/** How the chance of being done grows day by day; the darker, the likelier the finish falls there. */
export function FinishChart({ forecast }: { forecast: Forecast }) {
  const { distribution, p50, p80, p95, as_of, zone } = forecast
  const first = distribution[0]
  const last = distribution.at(-1)
  if (!first || !last || !p50 || !p80 || !p95) return null
  const drawn = distribution.slice(0, distribution.findIndex(({ probability }) => probability >= DRAWN) + 1)
  const points = [
    { x: Math.min(dayNumber(first.day) - 1, today(as_of, zone)), probability: 0 },
    ...drawn.map(({ day, probability }) => ({ x: dayNumber(day), probability })),
  ]
  const marks = [
    { name: "P50", x: dayNumber(p50) },
    { name: "P80", x: dayNumber(p80) },
    { name: "P95", x: dayNumber(p95) },
  ]
  const [middle = 0, likely = 0, sure = 0] = marks.map(({ x }) => x)

  return (
    <ChartFrame
      title="Chance of being finished by a day"
      summary={`From ${shortDate(first.day)} at the earliest; half of the simulated futures end by ${shortDate(p50)}, 8 of 10 by ${shortDate(p80)}, the last by ${shortDate(last.day)}.`}
      rows={distribution}
      columns={[
        { label: "Day", of: ({ day }) => day },
        { label: "Chance of being finished, %", of: ({ probability }) => Math.round(probability * 1000) / 10, isNumber: true },
      ]}
      height={HEIGHT}
    >
      <ResponsiveContainer initialDimension={{ width: 320, height: HEIGHT }}>
        <AreaChart data={points} margin={{ top: 18, right: 16, bottom: 0, left: 0 }}>
          <CartesianGrid {...GRID} />
          <XAxis dataKey="x" type="number" domain={["dataMin", "dataMax"]} tickFormatter={said} minTickGap={40} allowDecimals={false} {...AXIS} />
          <YAxis domain={[0, 1]} ticks={[0, 0.25, 0.5, 0.75, 1]} tickFormatter={percent} width={48} {...AXIS} />
          <Tooltip {...TOOLTIP} labelFormatter={(x) => `By ${said(Number(x))}`} formatter={(value) => [percent(Number(value)), "finished"]} />
          <ReferenceArea x1={dayNumber(first.day)} x2={middle} fill={SERIES[0]} fillOpacity={0.14} />
          <ReferenceArea x1={middle} x2={likely} fill={SERIES[0]} fillOpacity={0.09} />
          <ReferenceArea x1={likely} x2={sure} fill={SERIES[0]} fillOpacity={0.05} />
          <Area dataKey="probability" type="stepAfter" stroke={SERIES[0]} strokeWidth={2} fill={SERIES[0]} fillOpacity={0.12} isAnimationActive={false} />
          {marks.map(({ name, x }) => (
            <ReferenceLine key={name} x={x} stroke="var(--ink-muted)" strokeDasharray="3 3" label={{ value: name, position: "top", fill: "var(--ink-muted)", fontSize: 11 }} />
          ))}
        </AreaChart>
      </ResponsiveContainer>
    </ChartFrame>
  )
}

function said(day: number): string {
  return shortDate(dayOf(Math.round(day)))
}

function today(asOf: string, zone: string): number {
  return dayNumber(new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date(asOf)))
}

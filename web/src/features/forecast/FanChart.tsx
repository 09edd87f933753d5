import { Area, CartesianGrid, ComposedChart, Line, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts"
import type { Forecast } from "@/lib/api/types"
import { shortDate } from "@/lib/dates"
import { dayNumber, dayOf } from "@/lib/days"
import { ChartFrame } from "@/ui/charts/ChartFrame"
import { AXIS, GRID, SERIES, TOOLTIP } from "@/ui/charts/look"

const HEIGHT = 260
type Left = Forecast["fan"][number]

/** How much is left day by day: the middle of the simulated futures, and how far they spread. */
export function FanChart({ fan }: { fan: Forecast["fan"] }) {
  const last = fan.at(-1)
  if (!last || fan.length < 2) return null
  const points = fan.map((left) => ({
    x: dayNumber(left.day),
    most: [left.p05, left.p95] as const,
    many: [left.p20, left.p80] as const,
    middle: left.p50,
  }))
  const halfway = fan.find(({ p50 }) => p50 * 2 <= (fan[0]?.p50 ?? 0))
  return (
    <ChartFrame
      title="Tasks left, day by day"
      summary={`${halfway ? `Half of it is done by ${shortDate(halfway.day)} in the middle of the simulated futures. ` : ""}The darker band holds 6 of 10 of them, the lighter 9 of 10.`}
      rows={fan}
      columns={[
        { label: "By the end of", of: ({ day }: Left) => day },
        { label: "Left at best (5%)", of: ({ p05 }: Left) => p05, isNumber: true },
        { label: "20%", of: ({ p20 }: Left) => p20, isNumber: true },
        { label: "In the middle", of: ({ p50 }: Left) => p50, isNumber: true },
        { label: "80%", of: ({ p80 }: Left) => p80, isNumber: true },
        { label: "At worst (95%)", of: ({ p95 }: Left) => p95, isNumber: true },
      ]}
      height={HEIGHT}
    >
      <ResponsiveContainer initialDimension={{ width: 320, height: HEIGHT }}>
        <ComposedChart data={points} margin={{ top: 8, right: 16, bottom: 0, left: 0 }}>
          <CartesianGrid {...GRID} />
          <XAxis dataKey="x" type="number" domain={["dataMin", "dataMax"]} tickFormatter={said} minTickGap={40} allowDecimals={false} {...AXIS} />
          <YAxis allowDecimals={false} width={40} {...AXIS} />
          <Tooltip {...TOOLTIP} labelFormatter={(x) => `By the end of ${said(Number(x))}`} formatter={(value, name) => [Array.isArray(value) ? value.join(" to ") : String(value), name]} />
          <Area dataKey="most" name="9 of 10 futures" stroke="none" fill={SERIES[0]} fillOpacity={0.12} isAnimationActive={false} />
          <Area dataKey="many" name="6 of 10 futures" stroke="none" fill={SERIES[0]} fillOpacity={0.2} isAnimationActive={false} />
          <Line dataKey="middle" name="the middle" stroke={SERIES[0]} strokeWidth={2} dot={false} isAnimationActive={false} />
        </ComposedChart>
      </ResponsiveContainer>
    </ChartFrame>
  )
}

function said(day: number): string {
  return shortDate(dayOf(Math.round(day)))
}

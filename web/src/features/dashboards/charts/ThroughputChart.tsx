import { Bar, CartesianGrid, ComposedChart, Line, Tooltip, XAxis, YAxis } from "recharts"
import { shortDate } from "@/lib/dates"
import { formatNumber } from "@/lib/region"
import { ChartFrame } from "@/ui/charts/ChartFrame"
import { AXIS, GRID, SERIES, TOOLTIP } from "@/ui/charts/look"
import { Plot } from "@/ui/charts/Plot"
import { MEANINGS } from "../meanings"
import { plural } from "../words"
import { tickDay, tipDay } from "./tips"

export interface Finished {
  start: string
  completed: number
  /** Over this piece and the three before it, where it is told. */
  average?: string
}

interface ThroughputChartProps {
  pieces: readonly Finished[]
  unit: "day" | "week" | "month"
}

/** How much is finished, piece by piece of time. */
export function ThroughputChart({ pieces, unit }: ThroughputChartProps) {
  const rows = pieces.map(({ start, completed, average }) => ({ start, completed, average: average === undefined ? null : Number(average) }))
  const hasAverage = rows.some(({ average }) => average !== null)
  const total = rows.reduce((sum, { completed }) => sum + completed, 0)
  const best = rows.reduce((one, other) => (other.completed > one.completed ? other : one), { start: "", completed: 0 })
  return (
    <ChartFrame
      title={`Throughput by ${unit}`}
      summary={
        total === 0
          ? "Nothing was finished in this range."
          : `${plural(total, "task")} finished in ${plural(rows.length, unit)}; most, ${formatNumber(best.completed)}, in that from ${shortDate(best.start)}.`
      }
      rows={rows}
      columns={[
        { label: `From`, of: ({ start }) => start },
        { label: "Finished", of: ({ completed }) => completed, isNumber: true },
        ...(hasAverage ? [{ label: `Mean of 4 ${unit}s`, of: ({ average }: (typeof rows)[number]) => average, isNumber: true }] : []),
      ]}
      legend={[
        { label: "Finished", color: SERIES[0], mark: "square" },
        ...(hasAverage ? [{ label: `Mean of this ${unit} and the three before`, color: SERIES[1] }] : []),
      ]}
      meaning={MEANINGS.finished}
    >
      <Plot>
        <ComposedChart data={rows} margin={{ top: 8, right: 8, bottom: 0, left: -20 }}>
          <CartesianGrid {...GRID} />
          <XAxis {...AXIS} dataKey="start" tickFormatter={tickDay} minTickGap={16} />
          <YAxis {...AXIS} allowDecimals={false} />
          <Tooltip {...TOOLTIP} labelFormatter={tipDay} />
          <Bar dataKey="completed" name="Finished" fill={SERIES[0]} radius={[3, 3, 0, 0]} maxBarSize={40} isAnimationActive={false} />
          {hasAverage && <Line dataKey="average" name="Mean" stroke={SERIES[1]} strokeWidth={2} dot={false} isAnimationActive={false} />}
        </ComposedChart>
      </Plot>
    </ChartFrame>
  )
}

import { Bar, BarChart, CartesianGrid, Tooltip, XAxis, YAxis } from "recharts"
import { formatNumber } from "@/lib/region"
import { ChartFrame } from "@/ui/charts/ChartFrame"
import { AXIS, GRID, SERIES, TOOLTIP } from "@/ui/charts/look"
import { Plot } from "@/ui/charts/Plot"
import type { Usage } from "../api"
import { MEANINGS } from "../meanings"
import { plural } from "../words"
import { tickDay, tipDay } from "./tips"

/** How many people changed something, piece by piece of time. */
export function ActiveChart({ usage: { active, people, changes, range } }: { usage: Usage }) {
  return (
    <ChartFrame
      title={`Active people by ${range.bucket}`}
      summary={`${plural(people, "person", "people")} made ${formatNumber(changes)} changes in this range.`}
      rows={active}
      columns={[
        { label: "From", of: ({ start }) => start },
        { label: "People", of: (piece) => piece.people, isNumber: true },
        { label: "Changes", of: (piece) => piece.changes, isNumber: true },
      ]}
      meaning={MEANINGS.active}
    >
      <Plot>
        <BarChart data={active} margin={{ top: 8, right: 8, bottom: 0, left: -20 }}>
          <CartesianGrid {...GRID} />
          <XAxis {...AXIS} dataKey="start" tickFormatter={tickDay} minTickGap={24} />
          <YAxis {...AXIS} allowDecimals={false} />
          <Tooltip {...TOOLTIP} labelFormatter={tipDay} />
          <Bar dataKey="people" name="People" fill={SERIES[0]} radius={[3, 3, 0, 0]} maxBarSize={24} isAnimationActive={false} />
        </BarChart>
      </Plot>
    </ChartFrame>
  )
}

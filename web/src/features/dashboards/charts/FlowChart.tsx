import { Area, AreaChart, CartesianGrid, Tooltip, XAxis, YAxis } from "recharts"
import { ChartFrame } from "@/ui/charts/ChartFrame"
import { AXIS, GRID, TOOLTIP } from "@/ui/charts/look"
import { Plot } from "@/ui/charts/Plot"
import type { Piece } from "../api"
import { MEANINGS } from "../meanings"
import { plural } from "../words"
import { tickDay, tipDay } from "./tips"

/** From the ground up: what is finished is at the bottom. */
const BANDS = [
  { of: "completed", label: "Completed", color: "var(--accent)", opacity: 0.85 },
  { of: "started", label: "Started", color: "var(--state-started)", opacity: 0.85 },
  { of: "unstarted", label: "To do", color: "var(--state-unstarted)", opacity: 0.6 },
  { of: "backlog", label: "Backlog", color: "var(--state-backlog)", opacity: 0.25 },
] as const

/** Where tasks are, piece by piece of time. */
export function FlowChart({ pieces }: { pieces: readonly Piece[] }) {
  const rows = pieces.map(({ start, tasks }) => ({ start, ...tasks }))
  const last = rows.at(-1)
  return (
    <ChartFrame
      title="Cumulative flow"
      summary={
        last
          ? `At the end of this range: ${plural(last.completed, "task")} completed, ${last.started} started, ${last.unstarted} to do, ${last.backlog} in the backlog.`
          : "This range has not begun yet."
      }
      rows={rows}
      columns={[
        { label: "From", of: ({ start }) => start },
        ...BANDS.toReversed().map(({ of, label }) => ({ label, of: (row: (typeof rows)[number]) => row[of], isNumber: true })),
        { label: "Cancelled", of: ({ cancelled }) => cancelled, isNumber: true },
      ]}
      legend={BANDS.toReversed().map(({ label, color, opacity }) => ({ label, color, opacity, mark: "square" }))}
      meaning={MEANINGS.flow}
    >
      <Plot>
        <AreaChart data={rows} margin={{ top: 8, right: 8, bottom: 0, left: -20 }}>
          <CartesianGrid {...GRID} />
          <XAxis {...AXIS} dataKey="start" tickFormatter={tickDay} minTickGap={24} />
          <YAxis {...AXIS} allowDecimals={false} />
          <Tooltip {...TOOLTIP} labelFormatter={tipDay} />
          {BANDS.map(({ of, label, color, opacity }) => (
            <Area key={of} dataKey={of} name={label} stackId="tasks" type="stepAfter" stroke={color} strokeWidth={1} fill={color} fillOpacity={opacity} isAnimationActive={false} />
          ))}
        </AreaChart>
      </Plot>
    </ChartFrame>
  )
}

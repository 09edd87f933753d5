import { useState } from "react"
import { CartesianGrid, Line, LineChart, Tooltip, XAxis, YAxis } from "recharts"
import { formatNumber } from "@/lib/region"
import { ChartFrame } from "@/ui/charts/ChartFrame"
import { Choice } from "@/ui/charts/Choice"
import { AXIS, GRID, SERIES, TOOLTIP } from "@/ui/charts/look"
import { Plot } from "@/ui/charts/Plot"
import type { Piece } from "../api"
import { MEANINGS } from "../meanings"
import { tickDay, tipDay } from "./tips"

const LINES = [
  { of: "scope", label: "Scope", color: "var(--state-backlog)", dash: "6 3" },
  { of: "completed", label: "Burn-up: completed", color: SERIES[0], dash: "" },
  { of: "open", label: "Burn-down: open", color: SERIES[1], dash: "" },
] as const

/** How much there is to do, how much is done and how much is left. */
export function BurnChart({ pieces }: { pieces: readonly Piece[] }) {
  const [unit, setUnit] = useState<"tasks" | "hours">("tasks")
  const rows = pieces.map(({ start, scope, open, tasks, scope_hours, open_hours, completed_hours }) =>
    unit === "tasks"
      ? { start, scope, open, completed: tasks.completed }
      : { start, scope: Number(scope_hours), open: Number(open_hours), completed: Number(completed_hours) },
  )
  const first = rows[0]
  const last = rows.at(-1)
  const word = unit === "tasks" ? "tasks" : "estimated hours"
  return (
    <ChartFrame
      title="Burn-up and burn-down"
      summary={
        first && last
          ? `${formatNumber(last.completed)} of ${formatNumber(last.scope)} ${word} completed, ${formatNumber(last.open)} open; the scope was ${formatNumber(first.scope)} at first.`
          : "This range has not begun yet."
      }
      rows={rows}
      columns={[{ label: "From", of: ({ start }) => start }, ...LINES.map(({ of, label }) => ({ label, of: (row: (typeof rows)[number]) => row[of], isNumber: true }))]}
      legend={LINES.map(({ label, color, dash }) => ({ label, color, mark: dash ? "dashed" : "line" }))}
      choice={<Choice label="Count" value={unit} onChange={setUnit} options={[{ value: "tasks", label: "Tasks" }, { value: "hours", label: "Hours" }]} />}
      meaning={MEANINGS.burn}
    >
      <Plot>
        <LineChart data={rows} margin={{ top: 8, right: 8, bottom: 0, left: -20 }}>
          <CartesianGrid {...GRID} />
          <XAxis {...AXIS} dataKey="start" tickFormatter={tickDay} minTickGap={24} />
          <YAxis {...AXIS} allowDecimals={false} />
          <Tooltip {...TOOLTIP} labelFormatter={tipDay} />
          {LINES.map(({ of, label, color, dash }) => (
            <Line key={of} dataKey={of} name={label} stroke={color} strokeDasharray={dash} strokeWidth={2} dot={rows.length === 1} isAnimationActive={false} />
          ))}
        </LineChart>
      </Plot>
    </ChartFrame>
  )
}

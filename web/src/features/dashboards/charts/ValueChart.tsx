import { useState } from "react"
import { CartesianGrid, Line, LineChart, Tooltip, XAxis, YAxis } from "recharts"
import { formatNumber } from "@/lib/region"
import { ChartFrame } from "@/ui/charts/ChartFrame"
import { Choice } from "@/ui/charts/Choice"
import { AXIS, GRID, SERIES, TOOLTIP } from "@/ui/charts/look"
import { Plot } from "@/ui/charts/Plot"
import type { EarnedValue } from "../api"
import { MEANINGS } from "../meanings"
import { hours, money } from "../words"
import { tickDay, tipDay } from "./tips"

const LINES = [
  { of: "planned", label: "Planned value (PV)", color: "var(--state-backlog)", dash: "6 3" },
  { of: "earned", label: "Earned value (EV)", color: SERIES[0], dash: "" },
  { of: "actual", label: "Actual (AC)", color: SERIES[3], dash: "" },
] as const

const number = (decimal: string | null) => (decimal === null ? null : Number(decimal))

/** What should be done by now, what is, and what it took. */
export function ValueChart({ value }: { value: EarnedValue }) {
  const [unit, setUnit] = useState<"hours" | "money">("hours")
  const shown = unit === "money" && value.money ? value.money : value.hours
  const say = (decimal: string) => (shown === value.money ? money(decimal, value.currency) : hours(decimal))
  const rows = shown.points.map(({ start, planned_value, earned_value, actual }) => ({
    start, planned: Number(planned_value), earned: number(earned_value), actual: number(actual),
  })) // prettier-ignore
  const { planned_value, earned_value, actual, budget_at_completion, estimate_at_completion } = shown.value
  const left = [
    Number(value.unscheduled_hours) > 0 && `${hours(value.unscheduled_hours)} have no due date and are never planned value before they are done.`,
    value.unestimated_tasks > 0 && `${formatNumber(value.unestimated_tasks)} open tasks have no estimate and are in none of these numbers.`,
    value.unpriced_hours && Number(value.unpriced_hours) > 0 && `${hours(value.unpriced_hours)} have no rate.`,
  ].filter(Boolean)
  return (
    <ChartFrame
      title="Earned value"
      summary={
        Number(budget_at_completion) === 0
          ? "No task has an estimate: give tasks hours and due dates to see planned and earned value."
          : `Of ${say(budget_at_completion)} in all, ${say(planned_value)} were due, ${say(earned_value)} are earned and ${say(actual)} were spent${estimate_at_completion === null ? "" : `; at this rate it will take ${say(estimate_at_completion)}`}.`
      }
      rows={rows}
      columns={[{ label: "From", of: ({ start }) => start }, ...LINES.map(({ of, label }) => ({ label, of: (row: (typeof rows)[number]) => row[of], isNumber: true }))]}
      legend={LINES.map(({ label, color, dash }) => ({ label, color, mark: dash ? "dashed" : "line" }))}
      {...(value.money && {
        choice: <Choice label="In" value={unit} onChange={setUnit} options={[{ value: "hours", label: "Hours" }, { value: "money", label: value.currency }]} />,
      })}
      meaning={[MEANINGS.value, ...left].join(" ")}
    >
      <Plot>
        <LineChart data={rows} margin={{ top: 8, right: 8, bottom: 0, left: -8 }}>
          <CartesianGrid {...GRID} />
          <XAxis {...AXIS} dataKey="start" tickFormatter={tickDay} minTickGap={24} />
          <YAxis {...AXIS} />
          <Tooltip {...TOOLTIP} labelFormatter={tipDay} />
          {LINES.map(({ of, label, color, dash }) => (
            <Line key={of} dataKey={of} name={label} stroke={color} strokeDasharray={dash} strokeWidth={2} dot={rows.length === 1} isAnimationActive={false} />
          ))}
        </LineChart>
      </Plot>
    </ChartFrame>
  )
}

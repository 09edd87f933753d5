import { Bar, BarChart, CartesianGrid, Tooltip, XAxis, YAxis } from "recharts"
import type { User } from "@/lib/api/types"
import { fullName } from "@/lib/people"
import { formatNumber } from "@/lib/region"
import { ChartFrame } from "@/ui/charts/ChartFrame"
import { AXIS, GRID, SERIES, TOOLTIP } from "@/ui/charts/look"
import { Plot } from "@/ui/charts/Plot"
import type { PersonNumbers } from "../api"
import { MEANINGS } from "../meanings"
import { inDays, plural } from "../words"

const DRAWN = 20

/** What everybody has to do, and did in the range. */
export function PeopleChart({ numbers, people }: { numbers: readonly PersonNumbers[]; people: readonly User[] }) {
  const rows = numbers.map((one) => ({ ...one, name: nameOf(people, one.user_id), waiting: one.open - one.started }))
  const drawn = rows.slice(0, DRAWN)
  const most = rows[0]
  const seesTime = rows.some(({ tracked_hours }) => tracked_hours !== null)
  return (
    <ChartFrame
      title="Workload by person"
      summary={
        most
          ? `Most open work: ${most.name} with ${plural(most.open, "task")} (${formatNumber(Number(most.open_hours))} h estimated), ${formatNumber(most.overdue)} overdue.`
          : "Nobody has open work here, and nobody finished any in this range."
      }
      height={Math.max(140, drawn.length * 30 + 40)}
      rows={rows}
      columns={[
        { label: "Person", of: ({ name }) => name },
        { label: "Open", of: ({ open }) => open, isNumber: true },
        { label: "In progress", of: ({ started }) => started, isNumber: true },
        { label: "Open, hours", of: ({ open_hours }) => Number(open_hours), isNumber: true },
        { label: "Overdue", of: ({ overdue }) => overdue, isNumber: true },
        { label: "Blocked", of: ({ blocked }) => blocked, isNumber: true },
        { label: "Finished", of: ({ completed }) => completed, isNumber: true },
        { label: "Cycle time, median days", of: ({ cycle_seconds: { p50 } }) => (p50 == null ? null : inDays(p50)), isNumber: true },
        ...(seesTime ? [{ label: "Tracked, hours", of: ({ tracked_hours }: (typeof rows)[number]) => (tracked_hours === null ? null : Number(tracked_hours)), isNumber: true }] : []),
      ]}
      legend={[
        { label: "In progress", color: SERIES[1], mark: "square" },
        { label: "Other open tasks", color: SERIES[4], mark: "square" },
        { label: "Finished in the range", color: SERIES[0], mark: "square" },
      ]}
      meaning={MEANINGS.people}
    >
      <Plot>
        <BarChart data={drawn} layout="vertical" margin={{ top: 4, right: 12, bottom: 0, left: 0 }} barGap={1}>
          <CartesianGrid {...GRID} vertical horizontal={false} />
          <XAxis {...AXIS} type="number" allowDecimals={false} />
          <YAxis {...AXIS} type="category" dataKey="name" width={108} interval={0} tickFormatter={(name: string) => (name.length > 16 ? `${name.slice(0, 15)}…` : name)} />
          <Tooltip {...TOOLTIP} />
          <Bar dataKey="started" stackId="open" name="In progress" fill={SERIES[1]} maxBarSize={10} isAnimationActive={false} />
          <Bar dataKey="waiting" stackId="open" name="Other open tasks" fill={SERIES[4]} maxBarSize={10} isAnimationActive={false} />
          <Bar dataKey="completed" name="Finished" fill={SERIES[0]} maxBarSize={10} isAnimationActive={false} />
        </BarChart>
      </Plot>
    </ChartFrame>
  )
}

function nameOf(people: readonly User[], id: string | null): string {
  if (id === null) return "Nobody"
  const person = people.find((one) => one.id === id)
  return person ? fullName(person) : "Somebody who left"
}

import { Bar, BarChart, CartesianGrid, ReferenceLine, Tooltip, XAxis, YAxis } from "recharts"
import type { State, User } from "@/lib/api/types"
import { fullName } from "@/lib/people"
import { ChartFrame } from "@/ui/charts/ChartFrame"
import { AXIS, GRID, SERIES, TOOLTIP } from "@/ui/charts/look"
import { Plot } from "@/ui/charts/Plot"
import type { ProjectNumbers, Underway } from "../api"
import { MEANINGS } from "../meanings"
import { duration, inDays, plural } from "../words"
import { TipBox } from "./TipBox"

interface AgesChartProps {
  tasks: readonly Underway[]
  /** How long finished tasks took, to compare with. */
  cycle: ProjectNumbers["durations"]["cycle_seconds"]
  states: readonly State[]
  people: readonly User[]
  onOpen: (taskId: string) => void
}

interface Row {
  task: Underway
  name: string
  days: number
}

const DRAWN = 15

/** What is underway, the oldest first, against how long finished work took. */
export function AgesChart({ tasks, cycle, states, people, onOpen }: AgesChartProps) {
  const rows = tasks.map((task): Row => ({ task, name: task.key ?? "Not here", days: inDays(task.age_seconds) }))
  const drawn = rows.slice(0, DRAWN)
  const old = cycle.p85
  const late = old == null ? 0 : tasks.filter(({ age_seconds }) => age_seconds > old).length
  const open = ({ task }: Row) => (task.key ? () => onOpen(task.task_id) : null)
  const oldest = tasks[0]
  return (
    <ChartFrame
      title="Work in progress by age"
      summary={
        oldest
          ? `The oldest of ${plural(tasks.length, "task")} in progress was begun ${duration(oldest.age_seconds)} ago${old == null ? "" : `; ${plural(late, "is", "are")} older than 85 % of finished tasks were`}.`
          : "Nothing is in progress now."
      }
      height={Math.max(140, Math.min(drawn.length, DRAWN) * 22 + 40)}
      rows={rows}
      columns={[
        { label: "Task", of: ({ task }) => (task.key ? `${task.key} ${task.title ?? ""}` : "A task that is no longer here"), opens: open },
        { label: "Status", of: ({ task }) => states.find(({ key }) => key === task.status)?.name ?? task.status },
        { label: "Assignee", of: ({ task }) => nameOf(people, task.assignee_id) },
        { label: "Age, days", of: ({ days }) => days, isNumber: true },
        { label: "In this status, days", of: ({ task }) => inDays(task.in_state_seconds), isNumber: true },
        { label: "Blocked", of: ({ task }) => (task.blocked_since ? "Yes" : "No") },
      ]}
      legend={[
        { label: "In progress", color: SERIES[0], mark: "square" },
        { label: "Blocked now", color: SERIES[3], mark: "square" },
        ...(old == null ? [] : [{ label: "85 % of finished tasks took no longer", color: "var(--ink-muted)", mark: "dashed" as const }]),
      ]}
      meaning={`${MEANINGS.ages} The ${DRAWN} oldest are drawn; the table has up to a hundred.`}
    >
      <Plot>
        <BarChart data={drawn} layout="vertical" margin={{ top: 4, right: 12, bottom: 0, left: 0 }}>
          <CartesianGrid {...GRID} vertical horizontal={false} />
          <XAxis {...AXIS} type="number" unit=" d" />
          <YAxis {...AXIS} type="category" dataKey="name" width={72} interval={0} />
          <Tooltip
            cursor={TOOLTIP.cursor}
            isAnimationActive={false}
            content={({ payload }) => {
              const row = payload[0]?.payload as Row | undefined
              return row ? (
                <TipBox title={`${row.name} ${row.task.title ?? ""}`}>
                  {duration(row.task.age_seconds)}, {nameOf(people, row.task.assignee_id)}
                  {row.task.blocked_since && ", blocked"}
                </TipBox>
              ) : null
            }}
          />
          {old != null && <ReferenceLine x={inDays(old)} stroke="var(--ink-muted)" strokeDasharray="6 3" ifOverflow="extendDomain" />}
          {[false, true].map((isBlocked) => (
            <Bar
              key={String(isBlocked)}
              dataKey={({ task, days }: Row) => ((task.blocked_since !== null) === isBlocked ? days : 0)}
              stackId="age"
              fill={isBlocked ? SERIES[3] : SERIES[0]}
              maxBarSize={16}
              isAnimationActive={false}
              onClick={({ payload }: { payload?: Row }) => (payload ? open(payload)?.() : undefined)}
            />
          ))}
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

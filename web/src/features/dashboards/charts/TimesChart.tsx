import { useState } from "react"
import { CartesianGrid, ReferenceLine, Scatter, ScatterChart, Tooltip, XAxis, YAxis } from "recharts"
import { momentOf, startOfDay } from "@/lib/dates"
import { ChartFrame } from "@/ui/charts/ChartFrame"
import { Choice } from "@/ui/charts/Choice"
import { AXIS, GRID, SERIES } from "@/ui/charts/look"
import { Plot } from "@/ui/charts/Plot"
import type { Completed, ProjectNumbers } from "../api"
import { MEANINGS } from "../meanings"
import { duration, inDays, plural } from "../words"
import { TipBox } from "./TipBox"
import { tickDay } from "./tips"

interface TimesChartProps {
  completions: readonly Completed[]
  durations: ProjectNumbers["durations"]
  range: Pick<ProjectNumbers["range"], "since" | "until">
  onOpen: (taskId: string) => void
}

interface Point {
  task: Completed
  at: number
  seconds: number
  days: number
}

/** How long each finished task took, and how long most of them did. */
export function TimesChart({ completions, durations, range, onOpen }: TimesChartProps) {
  const [measure, setMeasure] = useState<"cycle" | "lead">("cycle")
  const spread = measure === "cycle" ? durations.cycle_seconds : durations.lead_seconds
  const points = completions.flatMap((task): Point[] => {
    const seconds = measure === "cycle" ? task.cycle_seconds : task.lead_seconds
    return seconds === null ? [] : [{ task, at: Date.parse(task.completed_at), seconds, days: inDays(seconds) }]
  })
  const open = ({ task }: Point) => (task.key ? () => onOpen(task.task_id) : null)
  const lines = [
    { label: "50 %", of: spread.p50, dash: "2 3" },
    { label: "85 %", of: spread.p85, dash: "6 3" },
    { label: "95 %", of: spread.p95, dash: "1 0" },
  ].flatMap(({ of, ...rest }) => (of == null ? [] : [{ ...rest, seconds: of }]))
  const name = measure === "cycle" ? "Cycle time" : "Lead time"

  return (
    <ChartFrame
      title="Lead and cycle time"
      summary={
        points.length === 0
          ? `Nothing with a ${name.toLowerCase()} was finished in this range.`
          : `${name} of ${plural(points.length, "finished task")}: ${lines.map(({ label, seconds }) => `${label} took at most ${duration(seconds)}`).join(", ")}.`
      }
      rows={points}
      columns={[
        { label: "Task", of: ({ task }) => (task.key ? `${task.key} ${task.title ?? ""}` : "A task that is no longer here"), opens: open },
        { label: "Finished", of: ({ task }) => momentOf(task.completed_at) },
        { label: `${name}, days`, of: ({ days }) => days, isNumber: true },
      ]}
      choice={<Choice label="Time" value={measure} onChange={setMeasure} options={[{ value: "cycle", label: "Cycle" }, { value: "lead", label: "Lead" }]} />}
      meaning={`${MEANINGS[measure]} ${MEANINGS.scatter} The latest 500 are drawn.`}
    >
      <Plot>
        <ScatterChart margin={{ top: 12, right: 8, bottom: 0, left: -12 }}>
          <CartesianGrid {...GRID} />
          <XAxis {...AXIS} type="number" dataKey="at" domain={[startOfDay(range.since).getTime(), startOfDay(range.until, 1).getTime()]} tickFormatter={tickDay} minTickGap={32} scale="time" />
          <YAxis {...AXIS} type="number" dataKey="days" domain={[0, "auto"]} unit=" d" />
          <Tooltip
            isAnimationActive={false}
            content={({ payload }) => {
              const point = payload[0]?.payload as Point | undefined
              return point ? (
                <TipBox title={point.task.key ? `${point.task.key} ${point.task.title ?? ""}` : "A task that is no longer here"}>
                  {duration(point.seconds)}, finished {momentOf(point.task.completed_at)}
                </TipBox>
              ) : null
            }}
          />
          {lines.map(({ label, seconds, dash }) => (
            <ReferenceLine key={label} ifOverflow="extendDomain" y={inDays(seconds)} stroke="var(--ink-muted)" strokeDasharray={dash} label={{ value: label, position: "insideTopRight", fill: "var(--ink-muted)", fontSize: 11 }} />
          ))}
          <Scatter data={points} fill={SERIES[0]} fillOpacity={0.85} isAnimationActive={false} onClick={({ payload }: { payload?: Point }) => (payload ? open(payload)?.() : undefined)} />
        </ScatterChart>
      </Plot>
    </ChartFrame>
  )
}

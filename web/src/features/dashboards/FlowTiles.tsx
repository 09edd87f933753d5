import { formatNumber } from "@/lib/region"
import type { TeamNumbers, WorkspaceNumbers } from "./api"
import { MEANINGS } from "./meanings"
import { Tile } from "./Tile"
import { duration, percent, plural } from "./words"

type Flowing = Pick<WorkspaceNumbers & TeamNumbers, "now" | "durations" | "on_time">

/** What a workspace and a team have in common with a project. */
export function FlowTiles({ numbers: { now, durations, on_time } }: { numbers: Flowing }) {
  const { lead_seconds: lead, cycle_seconds: cycle, flow_efficiency_percent: efficiency } = durations
  return (
    <>
      <Tile label="In progress" value={formatNumber(now.started)} note={`of ${plural(now.open, "open task")}`} meaning={MEANINGS.started} />
      <Tile label="Overdue" value={formatNumber(now.overdue)} note={`${plural(now.blocked, "task is", "tasks are")} blocked now`} meaning={MEANINGS.overdue} isBad={now.overdue > 0} />
      <Tile label="Lead time, median" value={lead.p50 == null ? "–" : duration(lead.p50)} note={`of ${plural(lead.count, "task")}`} meaning={MEANINGS.lead} />
      <Tile label="Cycle time, median" value={cycle.p50 == null ? "–" : duration(cycle.p50)} note={`of ${plural(cycle.count, "task")}`} meaning={MEANINGS.cycle} />
      <Tile label="Flow efficiency" value={percent(efficiency)} note={efficiency === null ? "Nothing that was started is finished yet" : `${duration(durations.blocked_seconds)} of the work time blocked`} meaning={MEANINGS.efficiency} />
      <Tile
        label="Done on time"
        value={percent(on_time.on_time_percent)}
        note={on_time.on_time_percent === null ? "Nothing with a due date was finished" : `${formatNumber(on_time.on_time)} on time, ${formatNumber(on_time.late)} late`}
        meaning={MEANINGS.onTime}
      />
    </>
  )
}

import { formatNumber } from "@/lib/region"
import type { ProjectNumbers, Trends } from "./api"
import { MEANINGS } from "./meanings"
import { daysIn } from "./range"
import { Tile, Tiles } from "./Tile"
import { amount, comparison, duration, hours, money, percent, plural } from "./words"

interface ProjectTilesProps {
  numbers: ProjectNumbers
  trends: Trends | undefined
}

/** What matters about a project, in twelve numbers. */
export function ProjectTiles({ numbers, trends }: ProjectTilesProps) {
  const { now, totals, durations, on_time, earned_value: value } = numbers
  const days = daysIn(numbers.range)
  return (
    <Tiles label="Key numbers">
      <Tile
        label="Finished"
        value={formatNumber(totals.completed)}
        {...(trends && { note: comparison(trends.completed, days) })}
        meaning={MEANINGS.finished}
      />
      <Tile label="In progress" value={formatNumber(now.started)} note={`of ${plural(now.open, "open task")}`} meaning={MEANINGS.started} />
      <Tile
        label="Overdue"
        value={formatNumber(now.overdue)}
        note={now.open === 0 ? "No open tasks" : `of ${plural(now.open, "open task")}`}
        meaning={MEANINGS.overdue}
        isBad={now.overdue > 0}
      />
      <Tile
        label="Blocked time"
        value={`${numbers.waited_is_partial ? "over " : ""}${duration(numbers.waited_seconds)}`}
        note={`${plural(now.blocked, "task is", "tasks are")} blocked now`}
        meaning={MEANINGS.blocked}
      />
      <MedianTile label="Lead time, median" spread={durations.lead_seconds} change={trends?.median_lead_seconds} days={days} meaning={MEANINGS.lead} />
      <MedianTile label="Cycle time, median" spread={durations.cycle_seconds} change={trends?.median_cycle_seconds} days={days} meaning={MEANINGS.cycle} />
      <Tile
        label="Flow efficiency"
        value={percent(durations.flow_efficiency_percent)}
        note={durations.flow_efficiency_percent === null ? "Nothing that was started is finished yet" : `${duration(durations.blocked_seconds)} of the work time blocked`}
        meaning={MEANINGS.efficiency}
      />
      <Tile label="Reopened" value={percent(totals.reopened_percent)} note={plural(totals.reopened, "reopening")} meaning={MEANINGS.reopened} />
      <Tile
        label="Done on time"
        value={percent(on_time.on_time_percent)}
        note={on_time.on_time_percent === null ? "Nothing with a due date was finished" : `${formatNumber(on_time.on_time)} on time, ${formatNumber(on_time.late)} late`}
        meaning={MEANINGS.onTime}
      />
      <Tile
        label="Hours tracked"
        value={hours(numbers.hours.tracked)}
        note={`of ${numbers.hours.estimated_is_partial ? "over " : ""}${hours(numbers.hours.estimated)} planned; ${hours(numbers.hours.tracked_in_range)} in this range`}
        meaning={MEANINGS.hours}
      />
      {value?.money && (
        <Tile
          label="Cost so far"
          value={money(value.money.value.actual, value.currency)}
          note={`of ${money(value.money.value.budget_at_completion, value.currency)} planned`}
          meaning={MEANINGS.cost}
        />
      )}
      {value && (
        <Tile
          label="SPI and CPI"
          value={`${index(value.hours.value.schedule_performance)} · ${index(value.hours.value.cost_performance)}`}
          note={performanceIn(value.hours.value)}
          meaning={MEANINGS.performance}
        />
      )}
    </Tiles>
  )
}

interface MedianTileProps {
  label: string
  spread: ProjectNumbers["durations"]["lead_seconds"]
  change: Trends["median_lead_seconds"] | undefined
  days: number
  meaning: string
}

function MedianTile({ label, spread, change, days, meaning }: MedianTileProps) {
  const note =
    spread.count === 0
      ? "Nothing to measure in this range"
      : change
        ? `${duration(change.before)} in the ${formatNumber(days)} days before`
        : `of ${plural(spread.count, "task")}`
  return <Tile label={label} value={spread.p50 == null ? "–" : duration(spread.p50)} note={note} meaning={meaning} />
}

function index(decimal: string | null): string {
  return decimal === null ? "–" : amount(decimal)
}

function performanceIn({ schedule_performance, cost_performance }: { schedule_performance: string | null; cost_performance: string | null }): string {
  const time = schedule_performance === null ? "Nothing was due yet" : Number(schedule_performance) < 1 ? "Behind the plan" : "On or ahead of the plan"
  const effort = cost_performance === null ? "no time tracked yet" : Number(cost_performance) < 1 ? "takes more than planned" : "takes no more than planned"
  return `${time}, ${effort}`
}

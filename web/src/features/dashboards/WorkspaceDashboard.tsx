import { lazy, Suspense } from "react"
import { useNavigate } from "react-router"
import type { Project, User } from "@/lib/api/types"
import { formatNumber } from "@/lib/region"
import { EmptyState, ErrorNotice } from "@/ui/states"
import { useGetUsageQuery, useGetWorkspaceNumbersQuery } from "./api"
import { AtRisk } from "./AtRisk"
import { Counted } from "./Counted"
import { ChartsSkeleton, DashboardSkeleton } from "./DashboardSkeleton"
import { FlowTiles } from "./FlowTiles"
import { MEANINGS } from "./meanings"
import { bucketOf, type Range } from "./range"
import { Tile, Tiles } from "./Tile"
import { duration, hours, percent, plural } from "./words"

const WorkspaceCharts = lazy(async () => ({ default: (await import("./WorkspaceCharts")).WorkspaceCharts }))

interface WorkspaceDashboardProps {
  range: Range
  maySeeUsage: boolean
  projects: readonly Project[]
  people: readonly User[]
  linkTo: (projectId: string) => string
}

/** All work of the workspace in numbers, and who uses it. */
export function WorkspaceDashboard({ range, maySeeUsage, projects, people, linkTo }: WorkspaceDashboardProps) {
  const navigate = useNavigate()
  const { since, until, zone } = range
  const asked = { since, until, zone, bucket: bucketOf(range) }
  const { data: numbers, error, isFetching, refetch } = useGetWorkspaceNumbersQuery(asked, { refetchOnMountOrArgChange: 30 })
  const { data: usage, error: usageError, refetch: refetchUsage } = useGetUsageQuery(asked, { refetchOnMountOrArgChange: 30, skip: !maySeeUsage })
  const countAgain = () => {
    void refetch()
    if (maySeeUsage) void refetchUsage()
  }
  if (!numbers) return error ? <ErrorNotice error={error} onRetry={countAgain} /> : <DashboardSkeleton />
  const { totals } = numbers
  return (
    <div className="space-y-4" aria-busy={isFetching}>
      <Counted fresh={numbers.fresh} isBusy={isFetching} onRefresh={countAgain} />
      {(error ?? usageError) && <ErrorNotice error={error ?? usageError} onRetry={countAgain} />}
      <Tiles label="Key numbers">
        <Tile
          label="Active people"
          value={formatNumber(numbers.active_people)}
          note={`of ${plural(numbers.members, "person", "people")}, in ${plural(numbers.projects, "project")}`}
          meaning={MEANINGS.active}
        />
        <Tile label="Finished" value={formatNumber(totals.completed)} note={`${formatNumber(totals.entered)} came, ${formatNumber(totals.left)} left`} meaning={MEANINGS.finished} />
        <FlowTiles numbers={numbers} />
        <Tile label="Blocked time" value={`${numbers.waited_is_partial ? "over " : ""}${duration(numbers.waited_seconds)}`} meaning={MEANINGS.blocked} />
        <Tile label="Reopened" value={percent(totals.reopened_percent)} note={plural(totals.reopened, "reopening")} meaning={MEANINGS.reopened} />
        <Tile label="Hours tracked" value={hours(numbers.tracked_hours)} note="in this range" meaning={MEANINGS.people} />
        {usage && (
          <Tile
            label="Active lately"
            value={`${formatNumber(usage.recent.day)} · ${formatNumber(usage.recent.week)} · ${formatNumber(usage.recent.month)}`}
            note={`on the last day, in 7 and in 28 days; ${percent(usage.recent.day_of_month_percent)} of them each day`}
            meaning={`${MEANINGS.active} ${MEANINGS.sticky}`}
          />
        )}
      </Tiles>
      <AtRisk zone={zone} linkTo={linkTo} />
      {numbers.projects === 0 ? (
        <EmptyState icon="insights" title="No projects yet" text="Once there are projects with tasks, what is finished in them, how long it takes and who does it stand here." />
      ) : (
        <Suspense fallback={<ChartsSkeleton />}>
          <WorkspaceCharts numbers={numbers} usage={usage} projects={projects} people={people} onOpenProject={(id) => void navigate(linkTo(id))} />
        </Suspense>
      )}
    </div>
  )
}

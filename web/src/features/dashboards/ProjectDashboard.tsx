import { lazy, Suspense, type ReactNode } from "react"
import type { State, User } from "@/lib/api/types"
import { EmptyState, ErrorNotice } from "@/ui/states"
import { useGetProjectNumbersQuery, useGetTrendsQuery, type ProjectNumbers } from "./api"
import { Counted } from "./Counted"
import { ChartsSkeleton, DashboardSkeleton } from "./DashboardSkeleton"
import { ProjectTiles } from "./ProjectTiles"
import { bucketOf, throughputBucketOf } from "./range"
import { RangeBar } from "./RangeBar"
import { useRange } from "./useRange"

const ProjectCharts = lazy(async () => ({ default: (await import("./ProjectCharts")).ProjectCharts }))

interface ProjectDashboardProps {
  projectId: string
  states: readonly State[]
  people: readonly User[]
  onOpen: (taskId: string) => void
  /** What can be done about a project without tasks. */
  children?: ReactNode
}

/** A project in numbers. */
export function ProjectDashboard({ projectId, states, people, onOpen, children }: ProjectDashboardProps) {
  const [range, setRange] = useRange()
  const { since, until, zone } = range
  const asked = { projectId, since, until, zone }
  const { data: numbers, error, isFetching, refetch } = useGetProjectNumbersQuery({ ...asked, bucket: bucketOf(range) }, { refetchOnMountOrArgChange: 30 })
  const { data: trends, refetch: refetchTrends } = useGetTrendsQuery({ ...asked, bucket: throughputBucketOf(range) }, { refetchOnMountOrArgChange: 30 })
  const countAgain = () => {
    void refetch()
    void refetchTrends()
  }

  return (
    <div className="h-full overflow-y-auto scroll-thin">
      <div className="mx-auto max-w-6xl space-y-4 px-4 pt-4 pb-16 sm:px-6" aria-busy={isFetching}>
        <div className="flex flex-wrap items-center justify-between gap-2">
          <RangeBar range={range} onChange={setRange} />
          {numbers && <Counted fresh={numbers.fresh} isBusy={isFetching} onRefresh={countAgain} />}
        </div>
        {error && <ErrorNotice error={error} onRetry={countAgain} />}
        {!numbers && !error && <DashboardSkeleton />}
        {numbers && hasNoHistory(numbers) && (
          <EmptyState
            icon="insights"
            title="Nothing to count yet"
            text="This project had no tasks in this range. Once tasks are made, started and finished, their flow, times and value stand here. A longer range shows what was before."
          >
            {children}
          </EmptyState>
        )}
        {numbers && !hasNoHistory(numbers) && (
          <>
            <ProjectTiles numbers={numbers} trends={trends} />
            <Missing numbers={numbers} />
            <Suspense fallback={<ChartsSkeleton />}>
              <ProjectCharts numbers={numbers} trends={trends} states={states} people={people} onOpen={onOpen} />
            </Suspense>
          </>
        )}
      </div>
    </div>
  )
}

function hasNoHistory({ pieces, totals, now, hours }: ProjectNumbers): boolean {
  return now.open === 0 && totals.completed === 0 && Number(hours.tracked) === 0 && pieces.every(({ scope, tasks }) => scope === 0 && tasks.cancelled === 0)
}

/** What would make more of the numbers known. */
function Missing({ numbers: { totals, durations, now, hours } }: { numbers: ProjectNumbers }) {
  const missing = [
    totals.completed === 0 && "No task was finished in this range: lead and cycle times appear with the first.",
    totals.completed > 0 && durations.cycle_seconds.count === 0 && "What was finished was never in a started state: move tasks there when work begins, and cycle time and flow efficiency are known.",
    now.unestimated > 0 && now.unestimated === now.open && "No open task has an estimate: earned value and hours left need them.",
    Number(hours.tracked) === 0 && "No time is tracked: actual hours and CPI need it.",
  ].filter((one): one is string => one !== false)
  if (missing.length === 0) return null
  return (
    <ul aria-label="What is missing" className="list-disc space-y-0.5 rounded-lg border border-line bg-sunken py-2 pr-3 pl-7 text-sm text-ink-muted">
      {missing.map((one) => (
        <li key={one}>{one}</li>
      ))}
    </ul>
  )
}

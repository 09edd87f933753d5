import { lazy, Suspense } from "react"
import type { User } from "@/lib/api/types"
import { formatNumber } from "@/lib/region"
import { EmptyState, ErrorNotice } from "@/ui/states"
import { useGetTeamNumbersQuery } from "./api"
import { Counted } from "./Counted"
import { ChartsSkeleton, DashboardSkeleton } from "./DashboardSkeleton"
import { FlowTiles } from "./FlowTiles"
import { MEANINGS } from "./meanings"
import { throughputBucketOf, type Range } from "./range"
import { Tile, Tiles } from "./Tile"
import { plural } from "./words"

const TeamCharts = lazy(async () => ({ default: (await import("./TeamCharts")).TeamCharts }))

interface TeamDashboardProps {
  teamId: string
  range: Range
  people: readonly User[]
}

/** A team in numbers: of tasks that are, or were when finished, its people's. */
export function TeamDashboard({ teamId, range, people }: TeamDashboardProps) {
  const { since, until, zone } = range
  const { data: numbers, error, isFetching, refetch } = useGetTeamNumbersQuery(
    { teamId, since, until, zone, bucket: throughputBucketOf(range) },
    { refetchOnMountOrArgChange: 30 },
  )
  const countAgain = () => void refetch()
  if (!numbers) return error ? <ErrorNotice error={error} onRetry={countAgain} /> : <DashboardSkeleton />
  if (numbers.people.length === 0) return <EmptyState icon="people" title="Nobody is in this team" text="Add people to it under People, and what they have and finish stands here." />
  return (
    <div className="space-y-4" aria-busy={isFetching}>
      <Counted fresh={numbers.fresh} isBusy={isFetching} onRefresh={countAgain} />
      {error && <ErrorNotice error={error} onRetry={countAgain} />}
      <Tiles label="Key numbers">
        <Tile label="Finished" value={formatNumber(numbers.completed)} note={`by ${plural(numbers.people.length, "person", "people")}, in the projects that you see`} meaning={MEANINGS.finished} />
        <FlowTiles numbers={numbers} />
      </Tiles>
      <Suspense fallback={<ChartsSkeleton />}>
        <TeamCharts numbers={numbers} people={people} />
      </Suspense>
    </div>
  )
}

import type { State, User } from "@/lib/api/types"
import type { ProjectNumbers, Trends } from "./api"
import { AgesChart } from "./charts/AgesChart"
import { BurnChart } from "./charts/BurnChart"
import { FlowChart } from "./charts/FlowChart"
import { PeopleChart } from "./charts/PeopleChart"
import { ThroughputChart } from "./charts/ThroughputChart"
import { TimesChart } from "./charts/TimesChart"
import { ValueChart } from "./charts/ValueChart"

interface ProjectChartsProps {
  numbers: ProjectNumbers
  trends: Trends | undefined
  states: readonly State[]
  people: readonly User[]
  onOpen: (taskId: string) => void
}

/** Everything that is drawn; a chunk of its own, because the library that draws is large. */
export function ProjectCharts({ numbers, trends, states, people, onOpen }: ProjectChartsProps) {
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <h2 className="sr-only">Charts</h2>
      {trends && <ThroughputChart pieces={trends.pieces} unit={trends.range.bucket} />}
      <TimesChart completions={numbers.completions} durations={numbers.durations} range={numbers.range} onOpen={onOpen} />
      <FlowChart pieces={numbers.pieces} />
      <BurnChart pieces={numbers.pieces} />
      <AgesChart tasks={numbers.in_progress} cycle={numbers.durations.cycle_seconds} states={states} people={people} onOpen={onOpen} />
      <PeopleChart numbers={numbers.people} people={people} />
      {numbers.earned_value && (
        <div className="min-w-0 lg:col-span-2">
          <ValueChart value={numbers.earned_value} />
        </div>
      )}
    </div>
  )
}

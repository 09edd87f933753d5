import type { User } from "@/lib/api/types"
import type { TeamNumbers } from "./api"
import { PeopleChart } from "./charts/PeopleChart"
import { ThroughputChart } from "./charts/ThroughputChart"

/** What is drawn of a team. */
export function TeamCharts({ numbers, people }: { numbers: TeamNumbers; people: readonly User[] }) {
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <h2 className="sr-only">Charts</h2>
      <ThroughputChart pieces={numbers.throughput} unit={numbers.range.bucket} />
      <PeopleChart numbers={numbers.people} people={people} />
    </div>
  )
}

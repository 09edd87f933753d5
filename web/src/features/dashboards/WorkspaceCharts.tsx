import type { Project, User } from "@/lib/api/types"
import { formatNumber } from "@/lib/region"
import type { Usage, WorkspaceNumbers } from "./api"
import { ActiveChart } from "./charts/ActiveChart"
import { BarsChart } from "./charts/BarsChart"
import { FlowChart } from "./charts/FlowChart"
import { PeopleChart } from "./charts/PeopleChart"
import { ThroughputChart } from "./charts/ThroughputChart"
import { MEANINGS } from "./meanings"
import { finishedByWeek } from "./pieces"
import { plural } from "./words"

interface WorkspaceChartsProps {
  numbers: WorkspaceNumbers
  usage: Usage | undefined
  projects: readonly Project[]
  people: readonly User[]
  onOpenProject: (projectId: string) => void
}

/** What is drawn of a workspace. */
export function WorkspaceCharts({ numbers, usage, projects, people, onOpenProject }: WorkspaceChartsProps) {
  const shares = numbers.busiest.map(({ project_id, completed }) => {
    const project = projects.find(({ id }) => id === project_id)
    return { name: project?.name ?? "A project that is no longer here", count: completed, onOpen: project && (() => onOpenProject(project_id)) }
  })
  const [first] = shares
  const [feature] = usage?.features ?? []
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <h2 className="sr-only">Charts</h2>
      <ThroughputChart {...finishedByWeek(numbers.pieces, numbers.range.bucket)} />
      <BarsChart
        title="Finished by project"
        summary={first ? `${plural(shares.length, "project")} finished something; most, ${formatNumber(first.count)}, in ${first.name}.` : "No project finished anything in this range."}
        what="Project"
        counted="Finished"
        rows={shares}
        meaning={`${MEANINGS.finished} The 50 projects with most are counted.`}
      />
      <FlowChart pieces={numbers.pieces} />
      <PeopleChart numbers={numbers.people} people={people} />
      {usage && <ActiveChart usage={usage} />}
      {usage && (
        <BarsChart
          title="What is changed"
          summary={feature ? `Most changes are of ${said(feature.kind)}: ${formatNumber(feature.changes)}, by ${plural(feature.people, "person", "people")}.` : "Nothing was changed in this range."}
          what="Kind"
          counted="Changes"
          rows={usage.features.map(({ kind, changes, people: by }) => ({ name: said(kind), count: changes, by }))}
          more={[{ label: "People", of: ({ by }) => by, isNumber: true }]}
          meaning={MEANINGS.active}
        />
      )}
    </div>
  )
}

/** "time_entry" as one says it. */
function said(kind: string): string {
  return kind.replaceAll("_", " ")
}

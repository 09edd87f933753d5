import type { ReactNode } from "react"
import { useSearchParams } from "react-router"
import { HeatMap } from "@/features/dashboards/HeatMap"
import { RangeBar } from "@/features/dashboards/RangeBar"
import { TeamDashboard } from "@/features/dashboards/TeamDashboard"
import { useRange } from "@/features/dashboards/useRange"
import { WorkspaceDashboard } from "@/features/dashboards/WorkspaceDashboard"
import { useMay } from "@/features/roles/useMay"
import { useGetTeamsQuery } from "@/features/teams/api"
import { selectUser } from "@/lib/session"
import { useAppSelector } from "@/lib/store"
import { selectPeople, selectProjects } from "@/lib/sync/select"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { ButtonLink } from "@/ui/Button"
import { Icon } from "@/ui/icons"
import { Select } from "@/ui/Select"
import { EmptyState, ErrorNotice, Skeleton } from "@/ui/states"
import { paths } from "../paths"
import { InsightsTabs, type InsightsTab } from "../shell/InsightsTabs"
import { Page } from "../shell/Page"
import { useSlug } from "../useSlug"

/** The workspace, its teams and everybody's weeks in numbers; each for those who may see it. */
export function InsightsPage() {
  useDocumentTitle("Insights")
  const slug = useSlug()
  const [params] = useSearchParams()
  const [range, setRange] = useRange()
  const may = useMay()
  const isAdmin = useAppSelector(selectUser)?.role === "admin"
  const people = useAppSelector(selectPeople)
  const projects = useAppSelector(selectProjects)
  const tabs: InsightsTab[] = [
    ...(isAdmin || may("workspace", "read") ? (["workspace"] as const) : []),
    ...(may("team", "read") ? (["team"] as const) : []),
    "workload",
  ]
  const asked = params.get("show")
  const first = tabs[0] === "workspace" ? "workspace" : "workload"
  const shown = tabs.find((tab) => tab === asked) ?? first

  return (
    <Page title="Insights">
      <InsightsTabs tabs={tabs} shown={shown} />
      {shown !== "workload" && (
        <div className="mb-4">
          <RangeBar range={range} onChange={setRange} />
        </div>
      )}
      {shown === "workspace" && (
        <WorkspaceDashboard range={range} maySeeUsage={may("audit", "read")} projects={projects} people={people} linkTo={(id) => paths.dashboard(slug, id)} />
      )}
      {shown === "team" && <ChosenTeam>{(teamId) => <TeamDashboard key={teamId} teamId={teamId} range={range} people={people} />}</ChosenTeam>}
      {shown === "workload" && <HeatMap zone={range.zone} />}
    </Page>
  )
}

function ChosenTeam({ children }: { children: (teamId: string) => ReactNode }) {
  const slug = useSlug()
  const [params, setParams] = useSearchParams()
  const { data: teams, error, refetch } = useGetTeamsQuery()
  if (!teams) return error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : <Skeleton className="h-40 w-full" />
  const team = teams.find(({ id }) => id === params.get("team")) ?? teams[0]
  if (!team) {
    return (
      <EmptyState icon="people" title="No teams yet" text="A team’s dashboard shows what its people have and finish. Make a team first.">
        <ButtonLink to={paths.teams(slug)} variant="primary">
          Go to teams
        </ButtonLink>
      </EmptyState>
    )
  }
  const choose = (id: string) =>
    setParams(
      (now) => {
        now.set("team", id)
        return now
      },
      { replace: true },
    )
  return (
    <>
      <div className="mb-4">
        <Select label="Team" look="chip" value={team.id} onChange={choose} choices={teams.map(({ id, name }) => ({ value: id, label: name }))}>
          <Icon name="people" className="size-3.5" />
          {team.name}
        </Select>
      </div>
      {children(team.id)}
    </>
  )
}

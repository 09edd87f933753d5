import { useState } from "react"
import { useGetPeopleQuery } from "@/features/people/api"
import { useMay } from "@/features/roles/useMay"
import { useGetTeamsQuery } from "@/features/teams/api"
import { TeamList } from "@/features/teams/TeamList"
import { TeamNameDialog } from "@/features/teams/TeamNameDialog"
import { isForbidden } from "@/lib/api/problem"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { Button } from "@/ui/Button"
import { EmptyState, ErrorNotice, Skeleton } from "@/ui/states"
import { Page } from "../shell/Page"
import { PeopleTabs } from "../shell/PeopleTabs"

export function TeamsPage() {
  useDocumentTitle("Teams")
  const dispatch = useAppDispatch()
  const may = useMay()
  const [creating, setCreating] = useState(false)
  const { data: people = [] } = useGetPeopleQuery()
  const { data: teams, error, refetch } = useGetTeamsQuery(undefined, { refetchOnMountOrArgChange: 30, refetchOnFocus: true })

  const create = may("team", "create") && (
    <Button variant="primary" icon="plus" onClick={() => setCreating(true)}>
      New team
    </Button>
  )
  return (
    <Page title="People" actions={create} narrow>
      <PeopleTabs />
      {error && !teams && <ErrorNotice error={error} {...(!isForbidden(error) && { onRetry: () => void refetch() })} />}
      {!teams && !error && <Skeleton className="h-40 rounded-xl" />}
      {teams && teams.length > 0 && (
        <TeamList teams={teams} people={people} may={{ update: may("team", "update"), delete: may("team", "delete") }} />
      )}
      {teams?.length === 0 && <EmptyState icon="people" title="No teams yet" text="A team is people who work together, whatever projects they are in." />}
      <TeamNameDialog
        open={creating}
        team={null}
        onClose={() => setCreating(false)}
        onCreated={({ name }) => dispatch(showToast(`Created ${name}`))}
      />
    </Page>
  )
}

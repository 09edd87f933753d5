import { useState } from "react"
import { useGetPeopleQuery } from "@/features/people/api"
import { InviteDialog } from "@/features/people/InviteDialog"
import { mayInvite } from "@/features/people/offeredActions"
import { PeopleList, PeopleListSkeleton } from "@/features/people/PeopleList"
import { useCustomRoles } from "@/features/roles/useCustomRoles"
import { useMay } from "@/features/roles/useMay"
import { isForbidden } from "@/lib/api/problem"
import { selectUser } from "@/lib/session"
import { useShortcuts } from "@/lib/shortcuts"
import { useAppSelector } from "@/lib/store"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { Button } from "@/ui/Button"
import { EmptyState, ErrorNotice } from "@/ui/states"
import { Page } from "../shell/Page"
import { PeopleTabs } from "../shell/PeopleTabs"

export function PeoplePage() {
  useDocumentTitle("People")
  const actor = useAppSelector(selectUser)
  const may = useMay()
  const customRoles = useCustomRoles()
  const invites = actor !== null && mayInvite(actor, may)
  const [inviting, setInviting] = useState(false)
  const { data: people, error, refetch } = useGetPeopleQuery(undefined, { refetchOnMountOrArgChange: 30, refetchOnFocus: true })
  useShortcuts({ "people.invite": () => setInviting(true) }, invites)
  if (!actor) return null

  const invite = invites && (
    <Button variant="primary" icon="plus" title="Invite people (I)" onClick={() => setInviting(true)}>
      Invite people
    </Button>
  )
  return (
    <Page title="People" actions={invite} narrow>
      {may("team", "read") && <PeopleTabs />}
      {error && <ErrorNotice error={error} {...(!isForbidden(error) && { onRetry: () => void refetch() })} />}
      {people ? <PeopleList people={people} actor={actor} may={may} customRoles={customRoles} /> : !error && <PeopleListSkeleton />}
      {people?.length === 1 && invites && (
        <EmptyState icon="people" title="It’s just you" text="Invite the people you work with. They get a link that lets them in." />
      )}
      <InviteDialog open={inviting} actor={actor} may={may} onClose={() => setInviting(false)} />
    </Page>
  )
}

import { useState } from "react"
import { useGetPeopleQuery } from "@/features/people/api"
import { InviteDialog } from "@/features/people/InviteDialog"
import { rolesToGive } from "@/features/people/offeredActions"
import { PeopleList, PeopleListSkeleton } from "@/features/people/PeopleList"
import { isForbidden } from "@/lib/api/problem"
import { selectUser } from "@/lib/session"
import { useShortcuts } from "@/lib/shortcuts"
import { useAppSelector } from "@/lib/store"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { Button } from "@/ui/Button"
import { EmptyState, ErrorNotice } from "@/ui/states"
import { Page } from "../shell/Page"

export function PeoplePage() {
  useDocumentTitle("People")
  const actor = useAppSelector(selectUser)
  const mayInvite = actor !== null && rolesToGive(actor).length > 0
  const [inviting, setInviting] = useState(false)
  const { data: people, error, refetch } = useGetPeopleQuery(undefined, { refetchOnMountOrArgChange: 30, refetchOnFocus: true })
  useShortcuts({ i: () => setInviting(true) }, mayInvite)
  if (!actor) return null

  const invite = mayInvite && (
    <Button variant="primary" icon="plus" title="Invite people (I)" onClick={() => setInviting(true)}>
      Invite people
    </Button>
  )
  return (
    <Page title="People" actions={invite} narrow>
      {error && <ErrorNotice error={error} {...(!isForbidden(error) && { onRetry: () => void refetch() })} />}
      {people ? <PeopleList people={people} actor={actor} /> : !error && <PeopleListSkeleton />}
      {people?.length === 1 && mayInvite && (
        <EmptyState icon="people" title="It’s just you" text="Invite the people you work with. They get a link that lets them in." />
      )}
      <InviteDialog open={inviting} actor={actor} onClose={() => setInviting(false)} />
    </Page>
  )
}

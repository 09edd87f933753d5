import { useGetPeopleQuery } from "@/features/people/api"
import { PeopleList } from "@/features/people/PeopleList"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { ErrorNotice, Skeleton } from "@/ui/states"
import { Page } from "../shell/Page"

export function PeoplePage() {
  useDocumentTitle("People")
  const { data: people, error, refetch } = useGetPeopleQuery()
  return (
    <Page title="People" narrow>
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {people ? <PeopleList people={people} /> : !error && <Skeleton className="h-48 rounded-xl" />}
    </Page>
  )
}

import { useGetWorkspaceKeysQuery } from "@/features/keys/api"
import { WorkspaceKeys } from "@/features/keys/WorkspaceKeys"
import { useGetPeopleQuery } from "@/features/people/api"
import { useMay } from "@/features/roles/useMay"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { ErrorNotice, Skeleton } from "@/ui/states"
import { Section } from "../shell/Section"

export function WorkspaceKeysPage() {
  useDocumentTitle("API keys of everybody")
  const mayRevoke = useMay()("api_key", "delete")
  const { data: people = [] } = useGetPeopleQuery()
  const { data: keys, error, refetch } = useGetWorkspaceKeysQuery(undefined, { refetchOnMountOrArgChange: true })
  return (
    <Section title="API keys of everybody" text="Programs that act in somebody’s name. A key never does more than its person may.">
      {error && !keys && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!keys && !error && <Skeleton className="h-40 rounded-lg" />}
      {keys?.length === 0 && <p className="text-sm text-ink-faint">Nobody has an API key.</p>}
      {keys && keys.length > 0 && <WorkspaceKeys keys={keys} people={people} mayRevoke={mayRevoke} />}
    </Section>
  )
}

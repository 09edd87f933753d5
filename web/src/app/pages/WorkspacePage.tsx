import { useGetPeopleQuery } from "@/features/people/api"
import { useMay } from "@/features/roles/useMay"
import { useGetIdentityProviderQuery } from "@/features/sso/api"
import { useGetWorkspaceQuery } from "@/features/workspace/api"
import { RetentionForm } from "@/features/workspace/RetentionForm"
import { SignInRules } from "@/features/workspace/SignInRules"
import { WorkspaceForm } from "@/features/workspace/WorkspaceForm"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { ErrorNotice, Skeleton } from "@/ui/states"
import { Section } from "../shell/Section"

export function WorkspacePage() {
  useDocumentTitle("Workspace")
  const mayChange = useMay()("workspace", "update")
  const { data: workspace, error, refetch } = useGetWorkspaceQuery(undefined, { refetchOnMountOrArgChange: true })
  const { data: people = [] } = useGetPeopleQuery()
  const { data: provider } = useGetIdentityProviderQuery(undefined, { skip: !mayChange })
  if (error && !workspace) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!workspace) return <Skeleton className="h-80 rounded-xl" />

  const active = people.filter(({ is_active }) => is_active)
  const notOwners = active.filter(({ role }) => role !== "owner")
  const affected = { active: active.length, notOwners: notOwners.length, provider: provider?.name ?? null }
  return (
    <>
      <Section title="Workspace" text="What it is called, and where it is.">
        <WorkspaceForm workspace={workspace} mayChange={mayChange} />
      </Section>
      <Section title="Signing in" text="What everybody here has to prove.">
        <SignInRules workspace={workspace} mayChange={mayChange} affected={affected} />
      </Section>
      <Section title="Audit log" text="How long is remembered who did what.">
        <RetentionForm workspace={workspace} mayChange={mayChange} />
      </Section>
    </>
  )
}

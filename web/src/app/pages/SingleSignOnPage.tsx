import { useGetPeopleQuery } from "@/features/people/api"
import { ScimTokens } from "@/features/scim/ScimTokens"
import { useGetIdentityProviderQuery } from "@/features/sso/api"
import { IdentityProviderForm } from "@/features/sso/IdentityProviderForm"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { ErrorNotice, Skeleton } from "@/ui/states"
import { Section } from "../shell/Section"

export function SingleSignOnPage() {
  useDocumentTitle("Single sign-on")
  const { data: people = [] } = useGetPeopleQuery()
  // Not behind the back of somebody who fills in the form: only when the page is opened.
  const { data: provider, error, isFetching, refetch } = useGetIdentityProviderQuery(undefined, { refetchOnMountOrArgChange: true })
  const isKnown = provider !== undefined
  return (
    <>
      <Section title="Identity provider" text="People sign in with the account of your organisation (OpenID Connect).">
        {error && !isKnown && <ErrorNotice error={error} onRetry={() => void refetch()} />}
        {!isKnown && isFetching && <Skeleton className="h-96 rounded-lg" />}
        {isKnown && <IdentityProviderForm provider={provider} />}
      </Section>
      <Section title="Provisioning" text="Your directory adds, changes and deactivates people and teams here (SCIM 2.0).">
        <ScimTokens people={people} />
      </Section>
    </>
  )
}

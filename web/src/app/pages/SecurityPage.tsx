import { ApiKeyList } from "@/features/account/keys/ApiKeyList"
import { PasswordForm } from "@/features/account/PasswordForm"
import { useGetSecondFactorsQuery } from "@/features/account/security/api"
import { Passkeys, TwoStep } from "@/features/account/security/TwoStep"
import { SessionList } from "@/features/account/SessionList"
import { useGetProjectsQuery } from "@/features/projects/api"
import { useGetOfferedPermissionsQuery } from "@/features/roles/api"
import { useMay } from "@/features/roles/useMay"
import { selectUser } from "@/lib/session"
import { useAppSelector } from "@/lib/store"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { Section } from "../shell/Section"

export function SecurityPage() {
  useDocumentTitle("Security")
  const user = useAppSelector(selectUser)
  const { data: factors } = useGetSecondFactorsQuery()
  const { data: projects = [] } = useGetProjectsQuery()
  const may = useMay()
  const { data: offered } = useGetOfferedPermissionsQuery(undefined, { skip: !may("role", "read") })
  if (!user) return null
  return (
    <>
      {factors?.has_password === false ? (
        <Section title="Password" text="You have none here: you sign in through your workspace’s identity provider, or with a passkey.">
          {null}
        </Section>
      ) : (
        <Section title="Password" text="A new one ends every session but this.">
          <PasswordForm email={user.email} />
        </Section>
      )}
      <Section title="Two-step verification" text="Beside your password, something that only you have.">
        <TwoStep />
      </Section>
      <Section title="Passkeys" text="Sign in without a password, or confirm with one after it.">
        <Passkeys />
      </Section>
      <Section title="API keys" text="For programs that act as you.">
        <ApiKeyList projects={projects} permissions={offered?.map(({ permission }) => permission)} />
      </Section>
      <Section title="Where you’re signed in" text="Browsers that stay signed in as you.">
        <SessionList />
      </Section>
    </>
  )
}

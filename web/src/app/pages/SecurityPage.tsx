import { PasswordForm } from "@/features/account/PasswordForm"
import { SessionList } from "@/features/account/SessionList"
import { selectUser } from "@/lib/session"
import { useAppSelector } from "@/lib/store"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { Section } from "../shell/Section"

export function SecurityPage() {
  useDocumentTitle("Security")
  const user = useAppSelector(selectUser)
  if (!user) return null
  return (
    <>
      <Section title="Password" text="A new one ends every session but this.">
        <PasswordForm email={user.email} />
      </Section>
      <Section title="Where you’re signed in" text="Browsers and programs that act as you.">
        <SessionList />
      </Section>
    </>
  )
}

import { ProfileForm } from "@/features/account/ProfileForm"
import { roleLooks } from "@/lib/roles"
import { selectUser } from "@/lib/session"
import { useAppSelector } from "@/lib/store"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { Section } from "../shell/Section"

export function ProfilePage() {
  useDocumentTitle("Profile")
  const user = useAppSelector(selectUser)
  if (!user) return null
  return (
    <Section title="Profile" text={`How others see you here. Your role is ${roleLooks[user.role].name}.`}>
      <ProfileForm user={user} />
    </Section>
  )
}

import { AvatarField } from "@/features/account/profile/AvatarField"
import { ProfileForm } from "@/features/account/profile/ProfileForm"
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
      <AvatarField user={user} />
      <ProfileForm user={user} />
    </Section>
  )
}

import type { Member, User } from "@/lib/api/types"
import { fullName, isAddressUnknown } from "@/lib/people"
import { Avatar } from "@/ui/Avatar"
import { SearchField } from "@/ui/SearchField"
import { useSetMemberMutation } from "./api"

interface AddMemberProps {
  projectId: string
  members: Member[]
  people: User[]
}

export function AddMember({ projectId, members, people }: AddMemberProps) {
  const [set] = useSetMemberMutation()
  const inside = new Set(members.map(({ user }) => user.id))
  // Who is invited can be put into projects already; who was deactivated can't.
  const outside = people.filter(({ id, deactivated_at }) => !inside.has(id) && deactivated_at === null)

  const add = (id: string) => {
    const user = outside.find((person) => person.id === id)
    if (user) void set({ projectId, user, role: user.role === "viewer" ? "viewer" : "member" })
  }

  return (
    <SearchField
      label="Add a person"
      placeholder="Name or e-mail"
      value={null}
      onChange={add}
      choices={outside.map((person) => ({
        value: person.id,
        label: fullName(person),
        hint: isAddressUnknown(person) ? "Not invited yet" : person.email,
        icon: <Avatar person={person} />,
      }))}
      nothing="Everybody is in this project already."
    />
  )
}

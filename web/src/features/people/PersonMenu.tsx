import type { User } from "@/lib/api/types"
import { fullName } from "@/lib/people"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { IconButton } from "@/ui/Button"
import { Menu, type MenuAction } from "@/ui/Menu"
import { useSetActiveMutation } from "./api"
import { offeredActions, type May, type PersonAction } from "./offeredActions"
import { stateOf } from "./personState"

interface PersonMenuProps {
  person: User
  actor: User
  may: May
  /** For what needs a dialog. */
  onAsk: (asked: { action: PersonAction; person: User }) => void
}

export function PersonMenu({ person, actor, may, onAsk }: PersonMenuProps) {
  const setActive = useSetActive(person)
  const offered = offeredActions(actor, person, may)
  if (offered.length === 0) return null

  const ask = (action: PersonAction) => () => onAsk({ action, person })
  const looks: Record<PersonAction, MenuAction> = {
    "invite again": { label: stateOf(person) === "imported" ? "Invite…" : "Invite again…", icon: "mail", onSelect: ask("invite again") },
    "change role": { label: "Change role…", icon: "person", onSelect: ask("change role") },
    deactivate: { label: "Deactivate", icon: "pause", onSelect: () => void setActive(false) },
    activate: { label: "Activate", icon: "undo", onSelect: () => void setActive(true) },
    delete: { label: "Delete…", icon: "trash", danger: true, startsGroup: true, onSelect: ask("delete") },
  }
  return (
    <Menu
      button={<IconButton icon="more" label={`Actions for ${fullName(person)}`} />}
      actions={offered.map((action) => looks[action])}
    />
  )
}

function useSetActive(person: User) {
  const dispatch = useAppDispatch()
  const [set] = useSetActiveMutation()
  return async (active: boolean) => {
    const { data } = await set({ id: person.id, active })
    if (!data) return
    const undo = () => void set({ id: person.id, active: !active })
    const said = active ? "can sign in again" : "is signed out everywhere and can’t sign in"
    dispatch(showToast(`${fullName(person)} ${said}.`, { action: { label: "Undo", run: undo } }))
  }
}

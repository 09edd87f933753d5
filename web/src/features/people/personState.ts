import type { User } from "@/lib/api/types"
import { isAddressUnknown } from "@/lib/people"
import type { BadgeTone } from "@/ui/Badge"

export type PersonState = "active" | "invited" | "imported" | "deactivated"

export const stateLooks: Record<PersonState, { name: string; tone: BadgeTone }> = {
  active: { name: "Active", tone: "success" },
  invited: { name: "Invited", tone: "warning" },
  imported: { name: "Not invited yet", tone: "neutral" },
  deactivated: { name: "Deactivated", tone: "neutral" },
}

export function stateOf(person: User): PersonState {
  if (person.is_active) return "active"
  if (person.deactivated_at) return "deactivated"
  return isAddressUnknown(person) ? "imported" : "invited"
}

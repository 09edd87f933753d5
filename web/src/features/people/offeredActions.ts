import type { Role, User } from "@/lib/api/types"
import { ROLES } from "@/lib/roles"
import { stateOf } from "./personState"

export type PersonAction = "change role" | "invite again" | "deactivate" | "activate" | "delete"

/** Which roles somebody may give: an owner all of them, an admin those below admin. */
export function rolesToGive({ role }: Pick<User, "role">): readonly Role[] {
  if (role === "owner") return ROLES
  return role === "admin" ? ROLES.filter((one) => one !== "owner" && one !== "admin") : []
}

/**
 * What `actor` may do with `person`. Nobody acts on themselves here: so an owner never shuts out the last one.
 * The server decides; this only keeps what it would refuse out of sight.
 */
export function offeredActions(actor: User, person: User): PersonAction[] {
  if (actor.id === person.id || !rolesToGive(actor).includes(person.role)) return []
  switch (stateOf(person)) {
    case "active":
      return ["change role", "deactivate", "delete"]
    case "deactivated":
      return ["change role", "activate", "delete"]
    case "invited":
    case "imported":
      return ["invite again", "change role", "delete"]
  }
}

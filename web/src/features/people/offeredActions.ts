import type { Role, User } from "@/lib/api/types"
import { ROLES } from "@/lib/roles"
import { stateOf } from "./personState"

export type PersonAction = "change role" | "invite again" | "deactivate" | "activate" | "delete"

/** What somebody's custom role allows: may("user", "create"). */
export type May = (resource: string, action: string) => boolean

const nothing: May = () => false

/**
 * Which roles somebody may act on: an owner all of them, an admin those below admin; whose own role says so,
 * members and viewers.
 */
export function rolesToGive({ role }: Pick<User, "role">, may: May = nothing): readonly Role[] {
  if (role === "owner") return ROLES
  if (role === "admin") return ["manager", "member", "viewer"]
  const some = ["create", "update", "delete"].some((action) => may("user", action))
  return some ? ["member", "viewer"] : []
}

export function mayInvite({ role }: Pick<User, "role">, may: May = nothing): boolean {
  return role === "owner" || role === "admin" || may("user", "create")
}

const needs: Record<PersonAction, string> = {
  "change role": "update",
  deactivate: "update",
  activate: "update",
  "invite again": "create",
  delete: "delete",
}

/**
 * What `actor` may do with `person`. Nobody acts on themselves here: so an owner never shuts out the last one.
 * The server decides; this only keeps what it would refuse out of sight.
 */
export function offeredActions(actor: User, person: User, may: May = nothing): PersonAction[] {
  if (actor.id === person.id || !rolesToGive(actor, may).includes(person.role)) return []
  const isAdmin = actor.role === "owner" || actor.role === "admin"
  // A role of the workspace's own never gives roles.
  return actionsOn(person).filter((action) => isAdmin || (action !== "change role" && may("user", needs[action])))
}

function actionsOn(person: User): PersonAction[] {
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

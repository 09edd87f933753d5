import type { Role, User } from "@/lib/api/types"
import { roleLooks } from "@/lib/roles"
import { rolesToGive, type May } from "./offeredActions"

/** A role that the workspace made for itself. */
export interface CustomRole {
  id: string
  name: string
  description: string
}

/** What is sent to give somebody a role: a built-in one, or one of the workspace's own. */
export type RoleChoice = { role: Role } | { role_id: string }

export function choiceOf({ role, role_id }: Pick<User, "role" | "role_id">): RoleChoice {
  return role_id === null ? { role } : { role_id }
}

/** The same as one text, for a list to choose from. No id looks like a built-in role. */
export function choiceKey(choice: RoleChoice): string {
  return "role" in choice ? choice.role : choice.role_id
}

/** What somebody's role is called. */
export function roleNameOf({ role, role_id }: Pick<User, "role" | "role_id">, custom: CustomRole[]): string {
  if (role_id === null) return roleLooks[role].name
  return custom.find(({ id }) => id === role_id)?.name ?? "Custom role"
}

export interface OfferedRole {
  choice: RoleChoice
  name: string
  text: string
}

/** The roles that somebody may give: the built-in ones, then the workspace's own, which rank as a member. */
export function offeredRoles(actor: Pick<User, "role">, may: May, custom: CustomRole[]): OfferedRole[] {
  const builtIn = rolesToGive(actor, may).map((role) => ({ choice: { role }, name: roleLooks[role].name, text: roleLooks[role].text }))
  if (builtIn.length === 0) return []
  return [...builtIn, ...custom.map(({ id, name, description }) => ({ choice: { role_id: id }, name, text: description || "A role of this workspace." }))]
}

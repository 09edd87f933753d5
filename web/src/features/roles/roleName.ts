import type { Role, RoleDetails } from "@/lib/api/types"
import { roleLooks } from "@/lib/roles"

/** A built-in role is named after what the API calls it, with a capital. */
export function roleName({ name, is_builtin }: Pick<RoleDetails, "name" | "is_builtin">): string {
  return is_builtin && name in roleLooks ? roleLooks[name as Role].name : name
}

export function roleText({ name, description, is_builtin }: RoleDetails): string {
  return is_builtin && name in roleLooks ? roleLooks[name as Role].text : description
}

/** A role's permission, as the API writes it: "task:update:is_assignee". */
export interface Permission {
  resource: string
  action: string
  /** Null: always. */
  condition: string | null
}

export function parsePermission(text: string): Permission {
  const [resource = "", action = "", condition = null] = text.split(":")
  return { resource, action, condition }
}

export function covers(permission: Permission, resource: string, action: string): boolean {
  return ["*", resource].includes(permission.resource) && ["*", action].includes(permission.action)
}

/** Whether these permissions allow something, be it under a condition. */
export function allows(permissions: string[], resource: string, action: string): boolean {
  return permissions.map(parsePermission).some((permission) => covers(permission, resource, action))
}

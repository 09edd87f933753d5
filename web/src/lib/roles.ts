import type { Role } from "./api/types"

export const ROLES: readonly Role[] = ["owner", "admin", "manager", "member", "viewer"]

/** What a role is called, and what it is for. The server decides what it may do. */
export const roleLooks: Record<Role, { name: string; text: string }> = {
  owner: { name: "Owner", text: "Everything, and who else is an owner or an admin." },
  admin: { name: "Admin", text: "Every project, imports, and the people below admins." },
  manager: { name: "Manager", text: "Starts projects and imports, runs the projects they are in." },
  member: { name: "Member", text: "Works on tasks of the projects they are in." },
  viewer: { name: "Viewer", text: "Reads the projects they are in." },
}

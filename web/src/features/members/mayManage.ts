import type { Member, User } from "@/lib/api/types"

/** Who may say who is in a project: owners and admins, and a manager who is in it. The server decides. */
export function mayManage(actor: User, members: Pick<Member, "user">[]): boolean {
  if (actor.role === "owner" || actor.role === "admin") return true
  return actor.role === "manager" && members.some(({ user }) => user.id === actor.id)
}

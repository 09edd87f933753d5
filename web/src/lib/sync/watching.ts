/** Where somebody can be seen to be. */
export interface Place {
  place: "task" | "project"
  id: string
}

export interface Present {
  user_id: string
  doing: "looking" | "typing"
}

/** People as the subscription tells them. */
export function presenceOf(data: unknown): Present[] {
  const people = typeof data === "object" && data !== null && "people" in data && Array.isArray(data.people) ? (data.people as unknown[]) : []
  return people.flatMap((one) => {
    const { userId, doing } = one as { userId?: unknown; doing?: unknown }
    return typeof userId === "string" ? [{ user_id: userId, doing: String(doing).toLowerCase() === "typing" ? ("typing" as const) : ("looking" as const) }] : []
  })
}

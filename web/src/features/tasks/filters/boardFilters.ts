import type { Priority } from "@/lib/api/types"

export interface BoardFilters {
  q: string
  assignees: string[]
  priorities: Priority[]
  tags: string[]
  archived: boolean
}

export const noFilters: BoardFilters = { q: "", assignees: [], priorities: [], tags: [], archived: false }
export const PRIORITIES: readonly Priority[] = ["urgent", "high", "medium", "low"]

const OWN = ["q", "assignee", "priority", "tag", "archived"]

/** Reads the filters from the page's address; what it does not know it leaves out. */
export function readFilters(params: URLSearchParams): BoardFilters {
  return {
    q: params.get("q") ?? "",
    assignees: params.getAll("assignee"),
    priorities: PRIORITIES.filter((priority) => params.getAll("priority").includes(priority)),
    tags: params.getAll("tag"),
    archived: params.get("archived") === "true",
  }
}

/** The page's address with these filters; the rest of it (the open task) stays. */
export function writeFilters(params: URLSearchParams, filters: BoardFilters): URLSearchParams {
  const next = new URLSearchParams(params)
  OWN.forEach((name) => next.delete(name))
  if (filters.q) next.set("q", filters.q)
  filters.assignees.forEach((id) => next.append("assignee", id))
  filters.priorities.forEach((priority) => next.append("priority", priority))
  filters.tags.forEach((tag) => next.append("tag", tag))
  if (filters.archived) next.set("archived", "true")
  return next
}

/** The same for the API. */
export function toQuery(filters: BoardFilters): string {
  const query = new URLSearchParams({ archived: String(filters.archived) })
  if (filters.q.trim()) query.set("q", filters.q.trim())
  filters.assignees.forEach((id) => query.append("assignee_id", id))
  filters.priorities.forEach((priority) => query.append("priority", priority))
  filters.tags.forEach((tag) => query.append("tag", tag))
  return query.toString()
}

export function isFiltering({ q, assignees, priorities, tags, archived }: BoardFilters): boolean {
  return q.trim() !== "" || assignees.length + priorities.length + tags.length > 0 || archived
}

import { startOfDay } from "@/lib/dates"

export interface AuditFilters {
  category: "security" | "all"
  /** Empty: every type, everybody, any time. */
  type: string
  person: string
  /** Days as the viewer's calendar has them: "2026-01-05". */
  from: string
  until: string
}

export const noFilters: AuditFilters = { category: "security", type: "", person: "", from: "", until: "" }

const DAY = /^\d{4}-\d{2}-\d{2}$/

/** Reads the filters from the page's address; what it does not know it leaves out. */
export function readFilters(params: URLSearchParams): AuditFilters {
  const day = (name: string) => {
    const value = params.get(name) ?? ""
    return DAY.test(value) && !Number.isNaN(startOfDay(value).getTime()) ? value : ""
  }
  return {
    category: params.get("category") === "all" ? "all" : "security",
    type: params.get("type") ?? "",
    person: params.get("person") ?? "",
    from: day("from"),
    until: day("until"),
  }
}

export function writeFilters(filters: AuditFilters): URLSearchParams {
  const set = Object.entries(filters).filter(([name, value]) => value !== noFilters[name as keyof AuditFilters])
  return new URLSearchParams(set as [string, string][])
}

/** The same for the API: whole days where the viewer is, the last one included. */
export function toParams({ category, type, person, from, until }: AuditFilters): Record<string, string> {
  return {
    category,
    ...(type && { type }),
    ...(person && { actor_id: person }),
    ...(from && { since: startOfDay(from).toISOString() }),
    ...(until && { until: startOfDay(until, 1).toISOString() }),
  }
}

export function isFiltering(filters: AuditFilters): boolean {
  return writeFilters(filters).size > 0
}

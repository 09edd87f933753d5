import type { SearchResult } from "@/lib/api/types"

export type Kind = SearchResult["kind"]

export interface SearchFilters {
  q: string
  kinds: Kind[]
  projectId: string | null
  archived: boolean
}

export const KINDS: { value: Kind; label: string }[] = [
  { value: "task", label: "Tasks" },
  { value: "project", label: "Projects" },
  { value: "comment", label: "Comments" },
  { value: "attachment", label: "Files" },
]

export function readFilters(params: URLSearchParams): SearchFilters {
  return {
    q: params.get("q") ?? "",
    kinds: KINDS.map(({ value }) => value).filter((kind) => params.getAll("type").includes(kind)),
    projectId: params.get("project"),
    archived: params.get("archived") === "true",
  }
}

export function writeFilters({ q, kinds, projectId, archived }: SearchFilters): URLSearchParams {
  const params = new URLSearchParams()
  if (q) params.set("q", q)
  kinds.forEach((kind) => params.append("type", kind))
  if (projectId) params.set("project", projectId)
  if (archived) params.set("archived", "true")
  return params
}

/** The same for the API. */
export function toParams({ q, kinds, projectId, archived }: SearchFilters): Record<string, string> {
  return {
    q: q.trim(),
    ...(kinds.length > 0 && { type: kinds.join(",") }),
    ...(projectId && { project_id: projectId }),
    ...(archived && { archived: "true" }),
  }
}

import { readStored, store } from "@/lib/storage"

export interface Recent {
  kind: "task" | "project"
  id: string
  /** Of the task. */
  projectId: string
}

const MOST = 8

/** What somebody has last been to, the latest first; it stays in this browser. */
export function readRecent(person: string): Recent[] {
  try {
    const kept: unknown = JSON.parse(readStored(`recent.${person}`) ?? "[]")
    return Array.isArray(kept) ? kept.filter(isRecent) : []
  } catch {
    return []
  }
}

export function rememberRecent(person: string, one: Recent): void {
  const others = readRecent(person).filter(({ id }) => id !== one.id)
  store(`recent.${person}`, JSON.stringify([one, ...others].slice(0, MOST)))
}

/** What an address shows, where that is a task or a project. */
export function placeOf(pathname: string, search: string): Recent | null {
  const projectId = /\/projects\/([0-9a-f-]{36})/.exec(pathname)?.[1]
  if (!projectId) return null
  const task = new URLSearchParams(search).get("task")
  return task ? { kind: "task", id: task, projectId } : { kind: "project", id: projectId, projectId }
}

function isRecent(value: unknown): value is Recent {
  const { kind, id, projectId } = (value ?? {}) as Record<string, unknown>
  return (kind === "task" || kind === "project") && typeof id === "string" && typeof projectId === "string"
}

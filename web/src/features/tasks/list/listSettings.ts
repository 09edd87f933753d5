import { useCallback, useState } from "react"
import { readStored, store } from "@/lib/storage"

export type Grouping = "status" | "assignee" | "priority" | "milestone" | "tag" | "none"
/** Columns that can be hidden; key and title cannot. */
export type ColumnName = "status" | "assignee" | "priority" | "start" | "due" | "estimate" | "tags" | "milestone" | "updated"

export interface SortedBy {
  /** "rank" is the order of the board. */
  column: ColumnName | "key" | "title" | "rank"
  descending: boolean
}

export interface ListSettings {
  grouping: Grouping
  sort: SortedBy
  columns: ColumnName[]
}

interface Column {
  name: ColumnName
  label: string
  /** In pixels. */
  width: number
}

export const COLUMNS: readonly Column[] = [
  { name: "status", label: "Status", width: 140 },
  { name: "assignee", label: "Assignee", width: 160 },
  { name: "priority", label: "Priority", width: 110 },
  { name: "start", label: "Start", width: 104 },
  { name: "due", label: "Due", width: 104 },
  { name: "estimate", label: "Estimate", width: 92 },
  { name: "tags", label: "Tags", width: 180 },
  { name: "milestone", label: "Milestone", width: 150 },
  { name: "updated", label: "Updated", width: 130 },
]

export const GROUPINGS: readonly { value: Grouping; label: string }[] = [
  { value: "status", label: "Status" },
  { value: "assignee", label: "Assignee" },
  { value: "priority", label: "Priority" },
  { value: "milestone", label: "Milestone" },
  { value: "tag", label: "Tag" },
  { value: "none", label: "No grouping" },
]

export const asAtFirst: ListSettings = {
  grouping: "status",
  sort: { column: "rank", descending: false },
  columns: ["status", "assignee", "priority", "due", "tags"],
}

/** What was kept, as far as this version knows it. */
export function parseSettings(kept: string | null): ListSettings {
  try {
    const read = JSON.parse(kept ?? "null") as Partial<ListSettings> | null
    const wanted = Array.isArray(read?.columns) ? read.columns : asAtFirst.columns
    const sortable = ["rank", "key", "title", ...COLUMNS.map(({ name }) => name)]
    const sort = read?.sort
    return {
      grouping: GROUPINGS.find(({ value }) => value === read?.grouping)?.value ?? asAtFirst.grouping,
      sort: sort && sortable.includes(sort.column) ? { column: sort.column, descending: (sort.descending as unknown) === true } : asAtFirst.sort,
      columns: COLUMNS.map(({ name }) => name).filter((name) => wanted.includes(name)),
    }
  } catch {
    return asAtFirst
  }
}

/** The next order after a press on a column's head: up, down, as on the board. */
export function sortedNext(now: SortedBy, column: SortedBy["column"]): SortedBy {
  if (now.column !== column) return { column, descending: false }
  return now.descending ? asAtFirst.sort : { column, descending: true }
}

/** How this project's list is arranged, in this browser. */
export function useListSettings(projectId: string): [ListSettings, (change: Partial<ListSettings>) => void] {
  const key = `list.${projectId}`
  const [held, setHeld] = useState(() => ({ key, settings: parseSettings(readStored(key)) }))
  const settings = held.key === key ? held.settings : parseSettings(readStored(key))
  const change = useCallback(
    (wanted: Partial<ListSettings>) => {
      const next = { ...parseSettings(readStored(key)), ...wanted }
      store(key, JSON.stringify(next))
      setHeld({ key, settings: next })
    },
    [key],
  )
  return [settings, change]
}

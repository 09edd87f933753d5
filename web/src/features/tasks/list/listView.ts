import type { Milestone, State, User } from "@/lib/api/types"
import { fullName } from "@/lib/people"
import type { TaskRow } from "@/lib/sync/models"
import { priorityNames } from "@/ui/PriorityIcon"
import { PRIORITIES } from "../filters/boardFilters"
import type { Grouping, SortedBy } from "./listSettings"

/** What the ids in tasks stand for. */
export interface Known {
  states: readonly State[]
  people: readonly User[]
  milestones: readonly Milestone[]
}

export interface Group {
  key: string
  name: string
  tasks: TaskRow[]
}

export type ListRow = { kind: "group"; group: Group; collapsed: boolean } | { kind: "task"; task: TaskRow; group: string }

const NONE = "none"
const LAST = "\uffff"

/** The groups that have tasks, in the order of what they are grouped by; a task with two tags is in both. */
export function groupsOf(tasks: readonly TaskRow[], grouping: Grouping, sort: SortedBy, known: Known): Group[] {
  const groups = new Map<string, Group>()
  for (const [key, name] of namesOf(grouping, known)) groups.set(key, { key, name, tasks: [] })
  for (const task of tasks) {
    for (const key of keysOf(task, grouping)) {
      const group = groups.get(key)
      if (group) group.tasks.push(task)
      else groups.set(key, { key, name: grouping === "tag" ? key : "Unknown", tasks: [task] })
    }
  }
  const compare = comparison(sort, known)
  const filled = [...groups.values()].filter((group) => group.tasks.length > 0)
  for (const group of filled) group.tasks.sort(compare)
  if (grouping === "tag") filled.sort((one, other) => Number(one.key === NONE) - Number(other.key === NONE) || one.name.localeCompare(other.name))
  return filled
}

/** Line by line what is shown: a line for each group, then its tasks unless it is folded. */
export function rowsOf(groups: readonly Group[], grouping: Grouping, folded: ReadonlySet<string>): ListRow[] {
  return groups.flatMap((group): ListRow[] => {
    const collapsed = grouping !== "none" && folded.has(group.key)
    const tasks = collapsed ? [] : group.tasks.map((task): ListRow => ({ kind: "task", task, group: group.key }))
    return grouping === "none" ? tasks : [{ kind: "group", group, collapsed }, ...tasks]
  })
}

/** The row that a step leads to from another, over the lines of groups. */
export function steppedFrom(rows: readonly ListRow[], from: number, step: 1 | -1): number {
  for (let at = from + step; at >= 0 && at < rows.length; at += step) if (rows[at]?.kind === "task") return at
  return from
}

function namesOf(grouping: Grouping, { states, people, milestones }: Known): [string, string][] {
  switch (grouping) {
    case "status":
      return states.map(({ key, name }) => [key, name])
    case "assignee":
      return [...people.map((person): [string, string] => [person.id, fullName(person)]), [NONE, "Unassigned"]]
    case "priority":
      return PRIORITIES.map((priority) => [priority, `${priorityNames[priority]} priority`])
    case "milestone":
      return [...milestones.map(({ id, name }): [string, string] => [id, name]), [NONE, "No milestone"]]
    case "tag":
      return [[NONE, "No tag"]]
    case "none":
      return [["all", "All tasks"]]
  }
}

function keysOf(task: TaskRow, grouping: Grouping): string[] {
  switch (grouping) {
    case "status":
      return [task.status]
    case "assignee":
      return [task.assignee_id ?? NONE]
    case "priority":
      return [task.priority]
    case "milestone":
      return [task.milestone_id ?? NONE]
    case "tag":
      return task.tags.length > 0 ? task.tags : [NONE]
    case "none":
      return ["all"]
  }
}

// What has no value stands last in both directions; equal ones stay as they stand on the board.
function comparison({ column, descending }: SortedBy, known: Known): (one: TaskRow, other: TaskRow) => number {
  const value = valuesOf(column, known)
  return (one, other) => {
    const [first, second] = [value(one), value(other)]
    if (first !== second) {
      if (first === null) return 1
      if (second === null) return -1
      const order = typeof first === "number" && typeof second === "number" ? first - second : String(first).localeCompare(String(second))
      if (order !== 0) return descending ? -order : order
    }
    if (one.position !== other.position) return one.position < other.position ? -1 : 1
    return one.id < other.id ? -1 : 1
  }
}

function valuesOf(column: SortedBy["column"], { states, people, milestones }: Known): (task: TaskRow) => string | number | null {
  const stateRank = new Map(states.map(({ key }, rank) => [key, rank]))
  const names = new Map(people.map((person) => [person.id, fullName(person)]))
  const milestoneRank = new Map(milestones.map(({ id }, rank) => [id, rank]))
  switch (column) {
    case "rank":
      return () => 0
    case "key":
      return (task) => task.number
    case "title":
      return (task) => task.title
    case "status":
      return (task) => stateRank.get(task.status) ?? 0
    case "assignee":
      return (task) => (task.assignee_id ? (names.get(task.assignee_id) ?? LAST) : null)
    case "priority":
      return (task) => PRIORITIES.indexOf(task.priority)
    case "due":
      return (task) => (task.due_date ? Date.parse(task.due_date) : null)
    case "start":
      return (task) => (task.start_date ? Date.parse(task.start_date) : null)
    case "estimate":
      return (task) => (task.estimated_hours === null ? null : Number(task.estimated_hours))
    case "milestone":
      return (task) => (task.milestone_id ? (milestoneRank.get(task.milestone_id) ?? null) : null)
    case "tags":
      return (task) => (task.tags.length > 0 ? task.tags.join(", ") : null)
    case "updated":
      return (task) => Date.parse(task.updated_at)
  }
}

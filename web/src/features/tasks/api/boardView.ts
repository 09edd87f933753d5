import type { Board, BoardColumn, Card, State } from "@/lib/api/types"
import type { TaskRow } from "@/lib/sync/models"
import type { BoardFilters } from "../filters/boardFilters"

export const COLUMN_PAGE = 50

const cards = new WeakMap<TaskRow, Card>()
const columnsOf = new WeakMap<State, BoardColumn>()

/** The tasks of a project as a board: what the filters let through, by rank, and of each column as much as is shown. */
export function boardOf(
  tasks: readonly TaskRow[],
  states: readonly State[],
  filters: BoardFilters,
  shown: Readonly<Record<string, number>> = {},
): Board {
  const columns = new Map(states.map(({ key }): [string, TaskRow[]] => [key, []]))
  const passes = passing(filters)
  for (const task of tasks) if (passes(task)) columns.get(task.status)?.push(task)
  return {
    columns: states.map((state): BoardColumn => {
      const all = (columns.get(state.key) ?? []).sort(byRank)
      const most = shown[state.key] ?? COLUMN_PAGE
      return asBefore({ state, count: all.length, items: all.slice(0, most).map(asCard), next_cursor: all.length > most ? String(most) : null })
    }),
  }
}

/** The same column as long as the same cards are in it, so that it is not drawn anew when another one changes. */
function asBefore(column: BoardColumn): BoardColumn {
  const { state, count, items, next_cursor } = column
  const known = columnsOf.get(state)
  const isSame = known?.count === count && known.next_cursor === next_cursor && known.items.length === items.length && known.items.every((card, at) => card === items[at])
  if (known && isSame) return known
  columnsOf.set(state, column)
  return column
}

export interface Place {
  column: BoardColumn
  index: number
  card: Card
}

export function findCard(board: Board, taskId: string): Place | undefined {
  for (const column of board.columns) {
    const index = column.items.findIndex(({ id }) => id === taskId)
    const card = column.items[index]
    if (card) return { column, index, card }
  }
  return undefined
}

/** The same rules as the server's list of tasks has (`tasks/listing.py`). */
export function passing({ q, assignees, priorities, tags, archived }: BoardFilters): (task: TaskRow) => boolean {
  const text = q.trim().toLowerCase()
  return (task) =>
    (task.archived_at !== null) === archived &&
    (assignees.length === 0 || assignees.includes(task.assignee_id ?? "none")) &&
    (priorities.length === 0 || priorities.includes(task.priority)) &&
    tags.every((tag) => task.tags.includes(tag)) &&
    (text === "" || `${task.title}\n${task.description ?? ""}`.toLowerCase().includes(text) || task.key.toLowerCase() === text)
}

// The ranks are compared as the database compares them: byte by byte.
function byRank(one: TaskRow, other: TaskRow): number {
  if (one.position !== other.position) return one.position < other.position ? -1 : 1
  return one.id < other.id ? -1 : 1
}

/** The same card as long as it is the same task, so that nothing else is drawn anew. */
function asCard(task: TaskRow): Card {
  const known = cards.get(task)
  if (known) return known
  const card = { comment_count: 0, checklist_total: 0, checklist_done: 0, ...task }
  cards.set(task, card)
  return card
}

import type { Board, BoardColumn, Card, Task } from "@/lib/api/types"

// What happens to a cached board when a task changes. Every function changes the board it is given (an Immer draft).

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

export function removeCard(board: Board, taskId: string): Card | undefined {
  const place = findCard(board, taskId)
  if (!place) return undefined
  place.column.items.splice(place.index, 1)
  place.column.count -= 1
  return place.card
}

/** Puts the card at `index` of the column, counted without the card itself. */
export function placeCard(board: Board, taskId: string, status: string, index: number): void {
  const target = board.columns.find(({ state }) => state.key === status)
  if (!target) return
  const card = removeCard(board, taskId)
  if (!card) return
  target.items.splice(index, 0, { ...card, status })
  target.count += 1
}

/** Puts a card where its position says; into a part of the column that is not loaded, it is only counted. */
export function insertByPosition(board: Board, card: Card): void {
  const column = board.columns.find(({ state }) => state.key === card.status)
  if (!column) return
  column.count += 1
  const index = column.items.findIndex(({ position }) => position > card.position)
  if (index >= 0) column.items.splice(index, 0, card)
  else if (column.next_cursor === null) column.items.push(card)
}

/** Takes over what the server (or an optimistic edit) says of a task, and re-sorts the card if that moved it. */
export function mergeTask(board: Board, taskId: string, change: Partial<Task>): void {
  const place = findCard(board, taskId)
  if (!place) return
  const { card, column, index } = place
  const stays = (change.status ?? card.status) === column.state.key
  Object.assign(card, change)
  if (stays && isBetweenNeighbours(column, index)) return
  const moved = removeCard(board, taskId)
  if (moved) insertByPosition(board, moved)
}

export function appendCards(column: BoardColumn, tasks: (Task | Card)[], nextCursor: string | null): void {
  const known = new Set(column.items.map(({ id }) => id))
  column.items.push(...tasks.filter(({ id }) => !known.has(id)).map(asCard))
  column.next_cursor = nextCursor
}

/** A plain task has no counts; the board shows none until it is loaded again. */
export function asCard(task: Task | Card): Card {
  return { comment_count: 0, checklist_total: 0, checklist_done: 0, ...task }
}

function isBetweenNeighbours(column: BoardColumn, index: number): boolean {
  const position = column.items[index]?.position ?? ""
  const before = column.items[index - 1]?.position
  const after = column.items[index + 1]?.position
  return (before === undefined || before <= position) && (after === undefined || position <= after)
}

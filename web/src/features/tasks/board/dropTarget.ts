import type { Board, Card } from "@/lib/api/types"

/** Where a lifted card would land: `index` counts the column's cards without the lifted one. */
export interface DropTarget {
  status: string
  index: number
}

interface Span {
  top: number
  height: number
}

/** The place in a column for a pointer at `y`: after every card whose middle is above it. */
export function dropIndex(cards: Span[], y: number): number {
  const index = cards.findIndex(({ top, height }) => y < top + height / 2)
  return index === -1 ? cards.length : index
}

/** What the server is told: directly after the card above, or before the one below; neither in an empty column. */
export function neighbours(cards: Pick<Card, "id">[], lifted: string, index: number) {
  const others = cards.filter(({ id }) => id !== lifted)
  const above = others[index - 1]
  const below = others[index]
  if (above) return { after_id: above.id }
  if (below) return { before_id: below.id }
  return {}
}

/** Where to draw the line in a column that still shows the lifted card in its old place. */
export function lineIndex(cards: Pick<Card, "id">[], lifted: string, index: number): number {
  const at = cards.findIndex(({ id }) => id === lifted)
  return at !== -1 && index > at ? index + 1 : index
}

export type Arrow = "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight"

/** The next place for a card that is moved by keyboard; it stops at the edges. */
export function stepTarget(board: Board, lifted: string, target: DropTarget, arrow: Arrow): DropTarget {
  const at = board.columns.findIndex(({ state }) => state.key === target.status)
  const places = (column: number) => board.columns[column]?.items.filter(({ id }) => id !== lifted).length ?? 0
  if (arrow === "ArrowUp") return { ...target, index: Math.max(0, target.index - 1) }
  if (arrow === "ArrowDown") return { ...target, index: Math.min(places(at), target.index + 1) }
  const next = at + (arrow === "ArrowLeft" ? -1 : 1)
  const column = board.columns[next]
  if (!column) return target
  return { status: column.state.key, index: Math.min(target.index, places(next)) }
}

export function isArrow(key: string): key is Arrow {
  return ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"].includes(key)
}

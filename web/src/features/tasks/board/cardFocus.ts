import { isArrow } from "./dropTarget"

/** The card that J, K or an arrow leads to, given the ids column by column. Without a current one: the first. */
export function nextCard(columns: string[][], current: string | null, key: string): string | undefined {
  const flat = columns.flat()
  const column = columns.findIndex((ids) => current !== null && ids.includes(current))
  const cards = columns[column]
  if (!cards || current === null) return flat[0]
  const row = cards.indexOf(current)

  if (key === "j" || key === "k") return flat[flat.indexOf(current) + (key === "j" ? 1 : -1)]
  if (key === "ArrowDown") return cards[row + 1]
  if (key === "ArrowUp") return cards[row - 1]
  const beside = key === "ArrowRight" ? columns.slice(column + 1) : columns.slice(0, column).reverse()
  const target = beside.find((ids) => ids.length > 0)
  return target?.[Math.min(row, target.length - 1)]
}

export function moveCardFocus(board: HTMLElement, key: string): boolean {
  if (!isArrow(key) && key !== "j" && key !== "k") return false
  const columns = [...board.querySelectorAll("[data-column]")].map((column) =>
    [...column.querySelectorAll<HTMLElement>("[data-card]")].map(({ dataset }) => dataset.card ?? ""),
  )
  const current = document.activeElement instanceof HTMLElement ? (document.activeElement.dataset.card ?? null) : null
  // Without a card in focus the arrows scroll, as they do everywhere.
  if (current === null && isArrow(key)) return false
  focusCard(nextCard(columns, current, key))
  return true
}

export function focusCard(taskId: string | undefined): boolean {
  const card = taskId ? document.querySelector<HTMLElement>(`[data-card="${CSS.escape(taskId)}"]`) : null
  card?.focus()
  card?.scrollIntoView({ block: "nearest", inline: "nearest" })
  return card !== null
}

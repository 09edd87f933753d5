/** Lists that J and K walk through mark what takes the focus of a row with `data-row`, the id of what it shows. */
const DIALOG_CLOSES_MS = 200
const rows = () => [...document.querySelectorAll<HTMLElement>("main [data-row]")]

export function focusedRow(): string | null {
  return rowInFocus()?.dataset.row ?? null
}

/** The next row, or the one before; the first where none is in focus. */
export function focusRow(step: 1 | -1): void {
  const all = rows()
  // By the row itself: the same thing may stand in two lists.
  const at = all.findIndex((row) => row === rowInFocus())
  const row = at === -1 ? all[0] : all[at + step]
  row?.focus()
  row?.scrollIntoView({ block: "nearest" })
}

function rowInFocus(): HTMLElement | null {
  const inRow = document.activeElement?.closest("[data-row-of]")
  return inRow?.querySelector<HTMLElement>("[data-row]") ?? null
}

/** For a row that is about to go: gives the focus to its neighbour, so that the next key does the same there. */
export function leaveRow(id: string): void {
  const all = rows()
  const at = all.findIndex(({ dataset }) => dataset.row === id)
  const next = at === -1 ? undefined : (all[at + 1] ?? all[at - 1])
  if (focusedRow() === id) next?.focus()
  // From a dialog, which gives the focus back to the row as it closes.
  else setTimeout(() => (document.activeElement === document.body || focusedRow() === id) && next?.focus(), DIALOG_CLOSES_MS)
}

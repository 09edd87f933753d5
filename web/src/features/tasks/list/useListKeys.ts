import { useCallback, useLayoutEffect, useRef, useState, type KeyboardEvent, type RefObject } from "react"
import { useShortcuts } from "@/lib/shortcuts"
import { scrollToRow } from "@/lib/windowing"
import type { EditedField } from "./CellEditor"
import { HEAD_HEIGHT } from "./ListHead"
import { ROW_HEIGHT } from "./ListLine"
import { steppedFrom, type ListRow } from "./listView"

const FIELDS: Record<string, EditedField> = { s: "status", p: "priority", a: "assignee", d: "due", e: "title", F2: "title" }

export function lineOf(row: ListRow): string {
  return row.kind === "task" ? `${row.group}/${row.task.id}` : row.group.key
}

interface Keys {
  rows: readonly ListRow[]
  canWrite: boolean
  shows: (field: EditedField) => boolean
  onToggle: (taskId: string, index: number, range: boolean) => void
  onClear: () => boolean
}

/** The line that has the keys, and the cell that is edited. A line out of sight is scrolled to before it gets the focus. */
export function useListKeys(scroller: RefObject<HTMLElement | null>, { rows, canWrite, shows, onToggle, onClear }: Keys) {
  const [wantedLine, setLine] = useState<string | null>(null)
  const [editing, setEditing] = useState<{ line: string; field: EditedField } | null>(null)
  const toFocus = useRef<string | null>(null)
  const known = wantedLine === null ? -1 : rows.findIndex((row) => lineOf(row) === wantedLine)
  const active = known === -1 ? steppedFrom(rows, -1, 1) : known

  useLayoutEffect(() => {
    if (toFocus.current === null) return
    const line = scroller.current?.querySelector(`[data-line="${CSS.escape(toFocus.current)}"] [data-card]`)
    if (!(line instanceof HTMLElement)) return
    toFocus.current = null
    line.focus({ preventScroll: true })
  })

  const goTo = useCallback(
    (index: number) => {
      const row = rows[index]
      if (row?.kind !== "task" || !scroller.current) return
      toFocus.current = lineOf(row)
      scrollToRow(scroller.current, index, ROW_HEIGHT, HEAD_HEIGHT)
      setLine(lineOf(row))
      const line = scroller.current.querySelector<HTMLElement>(`[data-line="${CSS.escape(lineOf(row))}"] [data-card]`)
      line?.focus({ preventScroll: true })
    },
    [rows, scroller],
  )
  const edit = useCallback((line: string, field: EditedField) => {
    setLine(line)
    setEditing({ line, field })
  }, [])
  const done = useCallback((line: string, back: boolean) => {
    if (back) toFocus.current = line
    setEditing((now) => (now?.line === line ? null : now))
  }, [])

  const hasFocus = () => scroller.current?.querySelector("[data-line]:focus-within") !== null
  const step = (by: 1 | -1) => goTo(hasFocus() ? steppedFrom(rows, active, by) : active)
  useShortcuts({ "rows.next": () => step(1), "rows.previous": () => step(-1) })

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || editing) return
    const row = rows[active]
    const line = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>("[data-line]")?.dataset.line : undefined
    if (!line || row?.kind !== "task") return
    const { key } = event
    const field = key === "F2" ? FIELDS[key] : FIELDS[key.toLowerCase()]
    if (key === "ArrowDown" || key === "ArrowUp") {
      const next = steppedFrom(rows, active, key === "ArrowDown" ? 1 : -1)
      if (event.shiftKey && rows[next]?.kind === "task") onToggle(rows[next].task.id, next, true)
      goTo(next)
    } else if (key === "Home" || key === "End") {
      goTo(key === "Home" ? steppedFrom(rows, -1, 1) : steppedFrom(rows, rows.length, -1))
    } else if (key.toLowerCase() === "x" && canWrite) {
      onToggle(row.task.id, active, event.shiftKey)
    } else if (field && canWrite && shows(field)) {
      edit(line, field)
    } else if (key !== "Escape" || !onClear()) {
      return
    }
    event.preventDefault()
  }

  const onFocus = (event: { target: EventTarget }) => {
    const line = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>("[data-line]")?.dataset.line : undefined
    if (line && line !== wantedLine) setLine(line)
  }
  return { active, editing, edit, done, onKeyDown, onFocus }
}

import type { ReactNode } from "react"
import type { Column } from "./exporting"

interface DataTableProps<Row> {
  caption: string
  rows: readonly Row[]
  columns: readonly Column<Row>[]
  /** In pixels; more rows are scrolled to. */
  maxHeight: number
}

/** The numbers of a chart, as they are. */
export function DataTable<Row>({ caption, rows, columns, maxHeight }: DataTableProps<Row>) {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keyboard
    <div tabIndex={0} role="region" aria-label={`${caption}, as a table`} className="overflow-auto" style={{ maxHeight }}>
      <table className="w-full text-sm">
        <caption className="sr-only">{caption}</caption>
        <thead className="sticky top-0 bg-raised text-xs text-ink-muted">
          <tr>
            {columns.map(({ label, isNumber }) => (
              <th key={label} scope="col" className={`border-b border-line px-2 py-1.5 font-medium ${isNumber ? "text-right" : "text-left"}`}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index} className="border-b border-line last:border-0">
              {columns.map(({ label, of, isNumber, opens }) => (
                <td key={label} className={`px-2 py-1.5 whitespace-nowrap ${isNumber ? "text-right tabular-nums" : ""}`}>
                  <Opening onOpen={opens?.(row) ?? null}>{of(row) ?? "–"}</Opening>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Opening({ onOpen, children }: { onOpen: (() => void) | null; children: ReactNode }) {
  if (!onOpen) return children
  return (
    <button type="button" onClick={onOpen} className="rounded text-left text-ink underline decoration-line-strong underline-offset-2 hover:text-accent-ink">
      {children}
    </button>
  )
}

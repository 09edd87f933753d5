import type { ReactNode } from "react"
import { Icon } from "@/ui/icons"

interface TileProps {
  label: string
  value: string
  /** What the number stands against. */
  note?: string
  /** Its definition: below the label when asked for, and as a tooltip. */
  meaning: string
  isBad?: boolean
}

/** One number that matters. */
export function Tile({ label, value, note, meaning, isBad = false }: TileProps) {
  return (
    <li className="min-w-0 rounded-xl border border-line bg-raised p-3 shadow-card">
      <details className="text-xs text-ink-muted">
        <summary title={meaning} className="flex cursor-pointer list-none items-center gap-1 rounded hover:text-ink [&::-webkit-details-marker]:hidden">
          <span className="min-w-0 flex-1">{label}</span>
          <Icon name="help" className="size-3.5 text-ink-faint" />
        </summary>
        <p className="mt-1 mb-2">{meaning}</p>
      </details>
      <p className={`mt-1 text-xl font-semibold tracking-tight tabular-nums ${isBad ? "text-danger-ink" : "text-ink"}`}>{value}</p>
      {note && <p className="mt-0.5 text-xs text-ink-muted">{note}</p>}
    </li>
  )
}

/** The numbers that matter; the first thing of a dashboard. */
export function Tiles({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul aria-label={label} className="grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-4">
      {children}
    </ul>
  )
}

export interface LegendEntry {
  label: string
  color: string
  opacity?: number
  /** A line, a broken one, a point, or a filled square. */
  mark?: "line" | "dashed" | "dot" | "square"
}

/** What the colours of a chart stand for. */
export function Legend({ entries }: { entries: readonly LegendEntry[] }) {
  return (
    <ul className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-muted">
      {entries.map(({ label, color, opacity, mark = "line" }) => (
        <li key={label} className="flex items-center gap-1.5">
          <svg aria-hidden="true" viewBox="0 0 16 8" className="h-2 w-4">
            {mark === "square" && <rect x="3.5" y="0.5" width="8" height="7" rx="2" fill={color} fillOpacity={opacity} stroke={color} />}
            {mark === "dot" && <circle cx="8" cy="4" r="3.5" fill={color} />}
            {(mark === "line" || mark === "dashed") && (
              <path d="M0 4h16" stroke={color} strokeWidth="2.5" strokeDasharray={mark === "dashed" ? "5 3" : undefined} />
            )}
          </svg>
          {label}
        </li>
      ))}
    </ul>
  )
}

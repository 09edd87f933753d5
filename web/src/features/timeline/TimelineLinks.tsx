import type { Dependency } from "@/lib/api/types"
import type { Stretch } from "@/lib/windowing"
import { linkPath, ROW, type TimelineRow } from "./rows"
import { widthOf, xOf, type Scale } from "./scale"

interface TimelineLinksProps {
  rows: readonly TimelineRow[]
  rowOf: ReadonlyMap<string, number>
  dependencies: readonly Dependency[]
  scale: Scale
  left: number
  stretch: Stretch
}

/** Dependencies as lines between bars; which task waits for which is in every bar's name too. */
export function TimelineLinks({ rows, rowOf, dependencies, scale, left, stretch }: TimelineLinksProps) {
  const lines = dependencies.flatMap(({ id, type, task_id, depends_on_task_id }) => {
    const [from, to] = [rowOf.get(depends_on_task_id), rowOf.get(task_id)]
    const [first, waits] = [rows[from ?? -1], rows[to ?? -1]]
    if (from === undefined || to === undefined || !first || !waits) return []
    if (Math.max(from, to) < stretch.from || Math.min(from, to) >= stretch.to) return []
    const end = (row: TimelineRow, index: number) => ({ start: xOf(row.start, scale), finish: xOf(row.finish, scale), row: index })
    const isCritical = first.task.is_critical && waits.task.is_critical
    return [{ id, isCritical, path: linkPath(type, end(first, from), end(waits, to)) }]
  })
  return (
    <svg aria-hidden="true" className="pointer-events-none absolute top-0 overflow-visible" style={{ left, width: widthOf(scale), height: rows.length * ROW }}>
      <defs>
        {["plain", "critical"].map((kind) => (
          <marker key={kind} id={`arrow-${kind}`} viewBox="0 0 6 6" refX="5" refY="3" markerWidth="6" markerHeight="6" orient="auto">
            <path d="M0 0 6 3 0 6z" className={kind === "critical" ? "fill-danger-ink" : "fill-ink-faint"} />
          </marker>
        ))}
      </defs>
      {lines.map(({ id, isCritical, path }) => (
        <path
          key={id}
          d={path}
          fill="none"
          strokeWidth={isCritical ? 1.75 : 1.25}
          className={isCritical ? "stroke-danger-ink" : "stroke-ink-faint"}
          markerEnd={`url(#arrow-${isCritical ? "critical" : "plain"})`}
        />
      ))}
    </svg>
  )
}

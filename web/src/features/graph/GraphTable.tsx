import type { DependencyGraph } from "@/lib/api/types"
import { StateDot } from "@/ui/StateDot"
import { linkedKeys } from "./layout"

interface GraphTableProps {
  graph: DependencyGraph
  critical: ReadonlySet<string>
  onOpen: (taskId: string) => void
}

const HEADS = ["Task", "Waits for", "Is waited for by", "Critical"]

/** The graph in words. */
export function GraphTable({ graph, critical, onOpen }: GraphTableProps) {
  const linked = linkedKeys(graph)
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keyboard
    <div tabIndex={0} role="region" aria-label="Dependencies, scrolled" className="h-full overflow-auto scroll-thin px-4 pb-6 sm:px-6">
      <table className="w-full min-w-max text-sm">
        <caption className="sr-only">What waits for what in the project</caption>
        <thead className="sticky top-0 bg-canvas text-xs text-ink-muted">
          <tr>
            {HEADS.map((name) => (
              <th key={name} scope="col" className="border-b border-line px-2 py-2 text-left font-medium">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {graph.nodes.map(({ id, key, title, category }) => (
            <tr key={id} className="border-b border-line">
              <th scope="row" className="px-2 py-1 text-left font-normal">
                <button type="button" onClick={() => onOpen(id)} className="flex min-h-8 items-center gap-2 text-left text-ink hover:text-accent-ink">
                  <StateDot category={category} />
                  <span className="text-ink-muted tabular-nums">{key}</span> {title}
                </button>
              </th>
              <td className="px-2 py-1 text-ink-muted">{keysOf(linked.get(id)?.before)}</td>
              <td className="px-2 py-1 text-ink-muted">{keysOf(linked.get(id)?.after)}</td>
              <td className="px-2 py-1 text-ink-muted">{critical.has(id) && category !== "completed" ? "Yes" : "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function keysOf(keys: string[] = []): string {
  return keys.length > 0 ? keys.join(", ") : "–"
}

import { useRef, useState, type KeyboardEvent, type PointerEvent } from "react"
import type { DependencyGraph } from "@/lib/api/types"
import { StateDot } from "@/ui/StateDot"
import { linkedKeys, neighbourOf, NODE, type Arrow, type PlacedGraph } from "./layout"

interface GraphCanvasProps {
  graph: DependencyGraph
  drawn: PlacedGraph
  critical: ReadonlySet<string>
  zoom: number
  onZoom: (zoom: number) => void
  onOpen: (taskId: string) => void
}

const ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]
const KEY_STEP = 1.2

/** Tasks and their links. The ground is pulled by mouse or scrolled; arrows go from task to task. */
export function GraphCanvas({ graph, drawn, critical, zoom, onZoom, onOpen }: GraphCanvasProps) {
  const ground = useRef<HTMLDivElement>(null)
  const pulled = useRef<{ x: number; y: number; left: number; top: number } | null>(null)
  const [active, setActive] = useState(drawn.tasks[0]?.task.id)
  const linked = linkedKeys(graph)
  const entry = drawn.tasks.some(({ task }) => task.id === active) ? active : drawn.tasks[0]?.task.id

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.metaKey || event.ctrlKey || event.altKey) return
    if (event.key === "+" || event.key === "=") onZoom(zoom * KEY_STEP)
    else if (event.key === "-") onZoom(zoom / KEY_STEP)
    else if (ARROWS.includes(event.key) && event.target instanceof HTMLElement && event.target.dataset.node) {
      const next = neighbourOf(drawn, event.target.dataset.node, event.key as Arrow)
      const node = next && ground.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(next)}"]`)
      if (node) {
        node.focus()
        node.scrollIntoView({ block: "nearest", inline: "nearest" })
      }
    } else return
    event.preventDefault()
  }
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    const { currentTarget, target, clientX, clientY, button, pointerType } = event
    // A finger scrolls by itself.
    if (button !== 0 || pointerType !== "mouse" || (target instanceof HTMLElement && target.closest("[data-node]"))) return
    currentTarget.setPointerCapture(event.pointerId)
    pulled.current = { x: clientX, y: clientY, left: currentTarget.scrollLeft, top: currentTarget.scrollTop }
  }
  const onPointerMove = ({ currentTarget, clientX, clientY }: PointerEvent<HTMLDivElement>) => {
    if (!pulled.current) return
    currentTarget.scrollTo(pulled.current.left + pulled.current.x - clientX, pulled.current.top + pulled.current.y - clientY)
  }
  const letGo = () => {
    pulled.current = null
  }

  return (
    // The keys belong to the tasks inside; one listener serves them all.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      ref={ground}
      role="group"
      aria-label="Dependency graph"
      onKeyDown={onKeyDown}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={letGo}
      onPointerCancel={letGo}
      className="h-full cursor-grab overflow-auto scroll-thin select-none active:cursor-grabbing"
    >
      <div className="relative mx-auto" style={{ width: drawn.width * zoom, height: drawn.height * zoom }}>
        <div className="absolute top-0 left-0 origin-top-left" style={{ width: drawn.width, height: drawn.height, transform: `scale(${zoom})` }}>
          <svg aria-hidden="true" width={drawn.width} height={drawn.height} className="absolute inset-0">
            <defs>
              {(["plain", "critical"] as const).map((kind) => (
                <marker key={kind} id={`arrow-${kind}`} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse">
                  <path d="M0 0 8 4 0 8z" className={kind === "critical" ? "fill-danger" : "fill-ink-faint"} />
                </marker>
              ))}
            </defs>
            {drawn.links.map(({ link, path }) => {
              const isCritical = critical.has(link.task_id) && critical.has(link.depends_on_task_id)
              return (
                <path
                  key={link.id}
                  d={path}
                  fill="none"
                  strokeWidth={isCritical ? 2.25 : 1.5}
                  strokeDasharray={link.type === "finish_to_start" ? undefined : "5 4"}
                  markerEnd={`url(#arrow-${isCritical ? "critical" : "plain"})`}
                  className={isCritical ? "stroke-danger" : "stroke-ink-faint"}
                />
              )
            })}
          </svg>
          {drawn.tasks.map(({ task: { id, key, title, category }, x, y }) => {
            const isCritical = critical.has(id) && category !== "completed"
            const { before = [], after = [] } = linked.get(id) ?? {}
            return (
              <button
                key={id}
                type="button"
                data-node={id}
                tabIndex={id === entry ? 0 : -1}
                onFocus={() => setActive(id)}
                onClick={() => onOpen(id)}
                style={{ left: x, top: y, width: NODE.width, height: NODE.height }}
                className={`absolute flex flex-col justify-center rounded-lg border bg-raised px-3 text-left shadow-card transition-colors duration-100 hover:bg-hover ${
                  isCritical ? "border-danger" : "border-line-strong"
                }`}
              >
                <span className="flex items-center gap-1.5 text-xs text-ink-muted">
                  <StateDot category={category} />
                  <span className="tabular-nums">{key}</span>
                </span>{" "}
                <span className={`mt-0.5 truncate text-sm ${category === "completed" ? "text-ink-muted line-through" : "text-ink"}`}>{title}</span>{" "}
                {isCritical && <span className="absolute top-2.5 right-3 text-xs text-danger-ink">critical</span>}{" "}
                <span className="sr-only">
                  {[
                    ...(category === "completed" ? ["done"] : []),
                    ...(before.length > 0 ? [`waits for ${before.join(", ")}`] : []),
                    ...(after.length > 0 ? [`${after.join(", ")} waits for it`] : []),
                  ].join(", ")}
                </span>
              </button>
            )
          })}
        </div>
      </div>
    </div>
  )
}

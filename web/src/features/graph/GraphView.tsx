import { useMemo, useRef, useState } from "react"
import { formatNumber } from "@/lib/region"
import { Button, IconButton } from "@/ui/Button"
import { EmptyState, ErrorNotice, Skeleton } from "@/ui/states"
import { useGetCriticalPathQuery, useGetProjectGraphQuery } from "./api"
import { GraphCanvas } from "./GraphCanvas"
import { GraphTable } from "./GraphTable"
import { placed } from "./layout"

interface GraphViewProps {
  projectId: string
  onOpen: (taskId: string) => void
}

const STEP = 1.25
const LEAST = 0.2
const MOST = 2

/** What waits for what in a project. */
export function GraphView({ projectId, onOpen }: GraphViewProps) {
  const { currentData: graph, error, refetch } = useGetProjectGraphQuery(projectId, { refetchOnMountOrArgChange: true })
  const { currentData: path } = useGetCriticalPathQuery(projectId, { refetchOnMountOrArgChange: true })
  const [asTable, setAsTable] = useState(false)
  const [zoom, setZoom] = useState(1)
  const room = useRef<HTMLDivElement>(null)
  const drawn = useMemo(() => (graph ? placed(graph) : undefined), [graph])
  const critical = useMemo(() => new Set(path), [path])
  const zoomTo = (wanted: number) => setZoom(Math.min(MOST, Math.max(LEAST, wanted)))
  const fit = () => {
    if (!room.current || !drawn || drawn.width === 0) return
    const { clientWidth, clientHeight } = room.current
    zoomTo(Math.min(1, clientWidth / drawn.width, clientHeight / drawn.height))
  }

  if (error && !graph) {
    return (
      <div className="p-4 sm:px-6">
        <ErrorNotice error={error} onRetry={() => void refetch()} />
      </div>
    )
  }
  if (!graph || !drawn) return <GraphSkeleton />
  if (graph.edges.length === 0) {
    return <EmptyState icon="graph" title="Nothing waits for anything yet" text="Open a task and add under “Waits for” what has to be done first, or draw a line between two bars of the timeline. What waits for what stands here." />
  }
  return (
    <div className="flex h-full flex-col">
      <div className="flex shrink-0 flex-wrap items-center gap-1.5 px-4 py-2.5 sm:px-6">
        {!asTable && (
          <div role="group" aria-label="Zoom" className="flex items-center gap-0.5 rounded-md border border-line-strong bg-raised px-0.5">
            <IconButton icon="minus" label="Zoom out" shortcut="-" disabled={zoom <= LEAST} onClick={() => zoomTo(zoom / STEP)} />
            <span aria-live="polite" className="w-10 text-center text-xs text-ink-muted tabular-nums">
              {Math.round(zoom * 100)} %
            </span>
            <IconButton icon="plus" label="Zoom in" shortcut="+" disabled={zoom >= MOST} onClick={() => zoomTo(zoom * STEP)} />
            <Button size="sm" variant="ghost" onClick={fit}>
              Fit
            </Button>
          </div>
        )}
        <Button size="sm" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          Table
        </Button>
        <p role="status" className="px-1 text-xs text-ink-muted">
          {formatNumber(graph.nodes.length)} tasks, {formatNumber(graph.edges.length)} links
          {graph.hidden > 0 && `; ${formatNumber(graph.hidden)} more are in projects that you do not see`}
          {graph.is_cut && "; it is too large to be shown whole"}
        </p>
      </div>
      <div ref={room} className="min-h-0 flex-1">
        {asTable ? <GraphTable graph={graph} critical={critical} onOpen={onOpen} /> : <GraphCanvas graph={graph} drawn={drawn} critical={critical} zoom={zoom} onZoom={zoomTo} onOpen={onOpen} />}
      </div>
    </div>
  )
}

export function GraphSkeleton() {
  return (
    <div role="status" aria-label="Loading the dependency graph" className="flex gap-16 p-6">
      {[1, 2, 3].map((column) => (
        <div key={column} className="space-y-5">
          <Skeleton className="h-15 w-52" />
          <Skeleton className="h-15 w-52" />
        </div>
      ))}
    </div>
  )
}

import { useMemo, useState, type ReactNode } from "react"
import { selectCanWrite } from "@/lib/session"
import { readStored, store } from "@/lib/storage"
import { useAppSelector } from "@/lib/store"
import { EmptyState, ErrorNotice, Skeleton } from "@/ui/states"
import { useGetBaselineQuery, useGetTimelineQuery } from "./api"
import { ReschedulePanel } from "./ReschedulePanel"
import { rowsOf } from "./rows"
import { ZOOMS, type Zoom } from "./scale"
import { TimelineChart } from "./TimelineChart"
import { TimelineTable } from "./TimelineTable"
import { TimelineToolbar } from "./TimelineToolbar"
import { useShift } from "./useShift"

interface TimelineViewProps {
  projectId: string
  /** The tasks that the filters let through; null for all. */
  shown: ReadonlySet<string> | null
  openId: string | null
  onOpen: (taskId: string) => void
  /** What to do when there is nothing here. */
  emptyAction?: ReactNode
}

export function TimelineView({ projectId, shown, openId, onOpen, emptyAction }: TimelineViewProps) {
  const canWrite = useAppSelector(selectCanWrite)
  const [zoom, setZoom] = useKept<Zoom>(`timeline.zoom.${projectId}`, (kept) => ZOOMS.find(({ value }) => value === kept)?.value ?? "week")
  const [mode, setMode] = useKept<"chart" | "table">(`timeline.mode.${projectId}`, (kept) => (kept === "table" ? "table" : "chart"))
  const [baselineId, setBaseline] = useKept<string>(`timeline.baseline.${projectId}`, (kept) => kept ?? "")
  const [todayAsked, setTodayAsked] = useState(0)

  const { data: timeline, error, refetch } = useGetTimelineQuery(projectId, { refetchOnMountOrArgChange: true })
  const { currentData: baseline } = useGetBaselineQuery(baselineId, { skip: baselineId === "" })
  const draft = useShift(projectId, timeline)
  const rows = useMemo(() => {
    if (!timeline) return []
    const tasks = shown ? timeline.tasks.filter(({ id }) => shown.has(id)) : timeline.tasks
    return rowsOf({ ...timeline, tasks }, baseline)
  }, [timeline, shown, baseline])

  if (!timeline) {
    return error ? (
      <div className="px-4 sm:px-6">
        <ErrorNotice error={error} onRetry={() => void refetch()} />
      </div>
    ) : (
      <TimelineSkeleton />
    )
  }
  return (
    <div className="relative flex h-full flex-col">
      <TimelineToolbar
        projectId={projectId}
        zoom={zoom}
        onZoom={setZoom}
        asTable={mode === "table"}
        onAsTable={(asTable) => setMode(asTable ? "table" : "chart")}
        onToday={() => setTodayAsked(todayAsked + 1)}
        baselineId={baselineId || null}
        onBaseline={(id) => setBaseline(id ?? "")}
        canWrite={canWrite}
      />
      <div className="min-h-0 flex-1">
        {rows.length === 0 ? (
          <EmptyState icon="timeline" title="Nothing to draw" text="Tasks stand here along time, with what waits for what. Create one, or let more through the filters.">
            {emptyAction}
          </EmptyState>
        ) : mode === "table" ? (
          <TimelineTable timeline={timeline} rows={rows} draft={draft} canWrite={canWrite} hasBaseline={baseline !== undefined} onOpen={onOpen} />
        ) : (
          <TimelineChart timeline={timeline} rows={rows} zoom={zoom} draft={draft} canWrite={canWrite} openId={openId} onOpen={onOpen} todayAsked={todayAsked} />
        )}
      </div>
      <ReschedulePanel draft={draft} timeline={timeline} />
    </div>
  )
}

export function TimelineSkeleton() {
  return (
    <div role="status" aria-label="Loading the timeline" className="space-y-3 px-4 sm:px-6">
      <Skeleton className="h-7 w-80 max-w-full" />
      {Array.from({ length: 9 }, (_, line) => (
        <div key={line} className="flex gap-6">
          <Skeleton className="h-6 w-32 sm:w-56" />
          <div className="flex-1" style={{ paddingLeft: `${(line * 7) % 40}%` }}>
            <Skeleton className="h-6 w-1/3" />
          </div>
        </div>
      ))}
    </div>
  )
}

function useKept<Value extends string>(key: string, parse: (kept: string | null) => Value): [Value, (value: Value) => void] {
  const [value, setValue] = useState(() => parse(readStored(key)))
  return [
    value,
    (wanted) => {
      store(key, wanted === "" ? null : wanted)
      setValue(wanted)
    },
  ]
}

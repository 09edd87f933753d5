import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from "react"
import type { Timeline } from "@/lib/api/types"
import { dayNumber, dayPoint } from "@/lib/days"
import { useShortcuts } from "@/lib/shortcuts"
import { scrollToRow, useStretch } from "@/lib/windowing"
import { ROW, type TimelineRow } from "./rows"
import { DAY_WIDTH, scaleOf, widthOf, xOf, type Scale, type Zoom } from "./scale"
import { TimelineBar } from "./TimelineBar"
import { MilestoneLane, TimelineGround } from "./TimelineGround"
import { HEAD, TimelineHead } from "./TimelineHead"
import { TimelineLinks } from "./TimelineLinks"
import { useBarDrag } from "./useBarDrag"
import type { Draft } from "./useShift"
import { barName, waitsFor } from "./words"

interface TimelineChartProps {
  timeline: Timeline
  rows: readonly TimelineRow[]
  zoom: Zoom
  draft: Draft
  canWrite: boolean
  openId: string | null
  onOpen: (taskId: string) => void
  /** Counts the presses of "Today". */
  todayAsked: number
}

export function TimelineChart({ timeline, rows, zoom, draft, canWrite, openId, onOpen, todayAsked }: TimelineChartProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const left = useLeftWidth()
  const [activeId, setActiveId] = useState<string | null>(null)
  const toFocus = useRef<string | null>(null)
  const { zone, dependencies, milestones } = timeline
  const [now] = useState(() => dayPoint(new Date().toISOString(), zone))
  const rowOf = useMemo(() => new Map(rows.map(({ task }, index) => [task.id, index])), [rows])
  const scale = useMemo(() => wholeScale(rows, milestones, now, zoom), [rows, milestones, now, zoom])
  const waits = useMemo(() => waitsFor(timeline), [timeline])
  const ghosts = useMemo(() => ghostsOf(draft, rows, zone), [draft, rows, zone])
  const lane = milestones.some(({ due_date }) => due_date !== null) ? ROW : 0
  const stretch = useStretch(scroller, ROW, rows.length, HEAD + lane)
  const active = Math.min(rows.length - 1, rowOf.get(activeId ?? "") ?? 0)

  const drag = useBarDrag({ dayWidth: DAY_WIDTH[zoom], scrolled: () => scroller.current?.scrollLeft ?? 0, onShift: draft.propose, onOpen })

  // Today is where it is looked from: at first, after a change of zoom, and when it is asked for.
  useLayoutEffect(() => {
    if (scroller.current) scroller.current.scrollLeft = Math.max(0, xOf(now, scale) - scroller.current.clientWidth / 4)
    // eslint-disable-next-line react-hooks/exhaustive-deps -- a plan that grows does not scroll away under whoever reads it
  }, [zoom, todayAsked])

  useLayoutEffect(() => {
    if (toFocus.current === null) return
    const bar = scroller.current?.querySelector<HTMLElement>(`[data-card="${CSS.escape(toFocus.current)}"]`)
    if (!bar) return
    toFocus.current = null
    bar.focus({ preventScroll: true })
    bar.scrollIntoView({ block: "nearest", inline: "nearest" })
  })

  const goTo = useCallback(
    (index: number) => {
      const row = rows[index]
      if (!row || !scroller.current) return
      toFocus.current = row.task.id
      scrollToRow(scroller.current, index, ROW, HEAD + lane)
      setActiveId((before) => (before === row.task.id ? before : row.task.id))
      scroller.current.querySelector<HTMLElement>(`[data-card="${CSS.escape(row.task.id)}"]`)?.focus()
    },
    [rows, lane],
  )
  const step = (by: 1 | -1) => goTo(scroller.current?.querySelector("[data-bar]:focus") ? active + by : active)
  useShortcuts({ "rows.next": () => step(1), "rows.previous": () => step(-1) })

  const onKeyDown = (event: KeyboardEvent) => {
    const task = rows[active]?.task
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || !task) return
    if (!(event.target instanceof HTMLElement) || event.target.dataset.bar === undefined) return
    if (event.key === "ArrowDown" || event.key === "ArrowUp") goTo(active + (event.key === "ArrowDown" ? 1 : -1))
    else if ((event.key === "ArrowRight" || event.key === "ArrowLeft") && canWrite) draft.nudge(task.id, event.shiftKey ? "finish" : "move", event.key === "ArrowRight" ? 1 : -1)
    else if (event.key === "Enter" && draft.shift) draft.apply()
    else if (event.key === "Escape" && draft.shift) draft.cancel()
    else return
    event.preventDefault()
  }

  const onFocus = ({ target }: { target: EventTarget }) => {
    if (target instanceof HTMLElement && target.dataset.bar !== undefined) setActiveId(target.dataset.card ?? null)
  }
  const drawn = Array.from({ length: stretch.to - stretch.from }, (_, at) => stretch.from + at)
  if (active >= 0 && (active < stretch.from || active >= stretch.to)) drawn.push(active)

  return (
    <div ref={scroller} className="h-full overflow-auto scroll-thin">
      <p id="timeline-help" hidden>
        Arrow left and right move it by a day, with Shift they make it shorter or longer. Enter opens it, or applies what is shown.
      </p>
      <TimelineHead scale={scale} left={left} now={now} />
      <MilestoneLane milestones={milestones} scale={scale} left={left} />
      {/* The keys belong to the bars inside. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div role="group" aria-label="Timeline" onKeyDown={onKeyDown} onFocus={onFocus} className="relative mb-24" style={{ width: left + widthOf(scale), height: rows.length * ROW }}>
        <TimelineGround scale={scale} left={left} height={rows.length * ROW} now={now} />
        <TimelineLinks rows={rows} rowOf={rowOf} dependencies={dependencies} scale={scale} left={left} stretch={stretch} />
        {drawn.map((index) => {
          const row = rows[index]
          if (!row) return null
          const { task, depth } = row
          return (
            <div key={task.id} className={`absolute flex w-full border-b border-line ${task.id === openId ? "bg-hover" : ""}`} style={{ top: index * ROW, height: ROW }}>
              <div className="sticky left-0 z-10 flex shrink-0 items-center border-r border-line bg-canvas" style={{ width: left, paddingLeft: 12 + Math.min(depth, 4) * 12 }}>
                <button
                  type="button"
                  tabIndex={-1}
                  aria-label={`${task.title}, open ${task.key}`}
                  title={`${task.key} ${task.title}`}
                  onClick={() => onOpen(task.id)}
                  className={`truncate pr-2 text-left text-sm hover:text-accent-ink ${task.is_summary ? "font-medium" : ""} ${task.category === "completed" ? "text-ink-muted" : "text-ink"}`}
                >
                  {task.title}
                </button>
              </div>
              <div className="relative min-w-0 flex-1">
                <TimelineBar
                  row={row}
                  index={index}
                  scale={scale}
                  name={barName(task, zone, waits.get(task.id))}
                  isActive={index === active}
                  isMoving={ghosts.has(task.id)}
                  canWrite={canWrite}
                  ghost={ghosts.get(task.id) ?? null}
                  onPointerDown={drag.onPointerDown}
                  onPointerMove={drag.onPointerMove}
                  onPointerUp={drag.onPointerUp}
                  onClick={drag.onClick}
                />
              </div>
            </div>
          )
        })}
      </div>
    </div>
  )
}

function wholeScale(rows: readonly TimelineRow[], milestones: Timeline["milestones"], now: number, zoom: Zoom): Scale {
  const points = rows.flatMap(({ start, finish, baseline }) => [start, finish, ...(baseline ? [baseline.start, baseline.finish] : [])])
  return scaleOf([...points, ...milestones.flatMap(({ due_date }) => (due_date ? [dayNumber(due_date)] : []))], now, zoom)
}

/** Where bars would go: what is pulled at once, what follows from it as the server says. */
function ghostsOf({ shift, preview }: Draft, rows: readonly TimelineRow[], zone: string) {
  const ghosts = new Map<string, { start: number; finish: number }>()
  const row = shift && rows.find(({ task }) => task.id === shift.taskId)
  if (row) {
    const { kind, days } = shift
    const start = kind === "finish" ? row.start : row.start + days
    ghosts.set(row.task.id, { start, finish: kind === "start" ? row.finish : Math.max(row.finish + days, start) })
  }
  for (const { task_id, start, due_date } of preview?.moves ?? []) ghosts.set(task_id, { start: dayPoint(start, zone), finish: dayPoint(due_date, zone) })
  return ghosts
}

/** Titles take less where there is little. */
function useLeftWidth(): number {
  const query = "(min-width: 640px)"
  const [isWide, setIsWide] = useState(() => matchMedia(query).matches)
  useEffect(() => {
    const media = matchMedia(query)
    const read = () => setIsWide(media.matches)
    media.addEventListener("change", read)
    return () => media.removeEventListener("change", read)
  }, [])
  return isWide ? 256 : 124
}

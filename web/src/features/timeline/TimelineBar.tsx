import type { PointerEvent } from "react"
import { Icon } from "@/ui/icons"
import { BAR, mayShift, ROW, type TimelineRow } from "./rows"
import { xOf, type Scale } from "./scale"

interface TimelineBarProps {
  row: TimelineRow
  index: number
  scale: Scale
  /** Its dates, slack and what it waits for, in words. */
  name: string
  isActive: boolean
  isMoving: boolean
  canWrite: boolean
  /** Where it would go. */
  ghost: { start: number; finish: number } | null
  onPointerDown: (event: PointerEvent<HTMLElement>, taskId: string, mayPull: boolean) => void
  onPointerMove: (event: PointerEvent<HTMLElement>) => void
  onPointerUp: () => void
  onClick: (taskId: string) => void
}

const NARROWEST = 6

export function TimelineBar({ row, index, scale, name, isActive, isMoving, canWrite, ghost, onPointerDown, onPointerMove, onPointerUp, onClick }: TimelineBarProps) {
  const { task, baseline } = row
  const isDone = task.category === "completed"
  const mayMove = canWrite && mayShift(task, "move")
  const mayPull = canWrite && mayShift(task, "finish")
  const place = ({ start, finish }: { start: number; finish: number }) => ({ left: xOf(start, scale), width: Math.max((finish - start) * (xOf(1, scale) - xOf(0, scale)), NARROWEST) })
  const at = place(row)
  const ink = isDone ? "text-ink-faint" : task.is_critical ? "text-danger-ink" : "text-ink-muted"

  return (
    <>
      {baseline && <span aria-hidden="true" className="absolute bottom-1 h-1 rounded-full bg-ink-faint opacity-70" style={place(baseline)} />}
      {ghost && (
        <span
          aria-hidden="true"
          data-ghost={task.key}
          className="pointer-events-none absolute rounded-[5px] border-2 border-dashed border-accent bg-accent-soft opacity-90"
          style={{ ...place(ghost), top: (ROW - BAR) / 2, height: BAR }}
        />
      )}
      <button
        type="button"
        data-card={task.id}
        data-bar={index}
        tabIndex={isActive ? 0 : -1}
        aria-label={name}
        aria-describedby="timeline-help"
        onPointerDown={(event) => mayMove && onPointerDown(event, task.id, mayPull)}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={onPointerUp}
        onClick={() => onClick(task.id)}
        className={`absolute flex items-center overflow-visible text-left select-none ${mayMove ? "cursor-grab! active:cursor-grabbing!" : ""} ${isMoving ? "opacity-45" : ""}`}
        style={task.is_milestone ? { left: at.left - 8, width: 16, top: (ROW - 16) / 2, height: 16 } : { ...at, top: (ROW - BAR) / 2, height: BAR }}
      >
        <Shape row={row} />
        <span className={`pointer-events-none absolute left-full flex items-center gap-1 pl-3.5 text-2xs whitespace-nowrap ${ink} ${ghost ? "hidden" : ""}`}>
          {task.is_critical && !isDone && <Icon name="alert" className="size-3" />}
          {isDone && <Icon name="check" className="size-3" />}
          {task.title}
        </span>
        {mayPull && (
          <>
            <span className="absolute inset-y-0 left-0 w-2 cursor-ew-resize" />
            <span className="absolute inset-y-0 right-0 w-2 cursor-ew-resize" />
          </>
        )}
      </button>
    </>
  )
}

function Shape({ row: { task } }: { row: TimelineRow }) {
  const isDone = task.category === "completed"
  if (task.is_milestone) {
    return <span className={`size-3.5 rotate-45 rounded-[2px] ${task.is_critical ? "bg-danger" : isDone ? "bg-ink-faint" : "bg-accent"} m-auto`} />
  }
  if (task.is_summary) {
    return (
      <span className={`absolute inset-x-0 top-1 h-2 rounded-t-sm border-x-3 ${task.is_critical ? "border-danger bg-danger" : "border-ink-muted bg-ink-muted"}`} style={{ clipPath: "polygon(0 0,100% 0,100% 100%,calc(100% - 6px) 60%,6px 60%,0 100%)" }} />
    )
  }
  const look = isDone ? "border-line-strong bg-hover" : task.is_critical ? "border-danger bg-danger-soft border-2" : "border-accent bg-accent-soft"
  const fill = task.is_critical ? "bg-danger" : "bg-accent"
  return (
    <span className={`absolute inset-0 overflow-hidden rounded-[5px] border ${look}`}>
      {!isDone && task.progress > 0 && <span className={`absolute inset-y-0 left-0 opacity-35 ${fill}`} style={{ width: `${task.progress}%` }} />}
    </span>
  )
}

import { useState } from "react"
import type { Timeline } from "@/lib/api/types"
import { dayPoint } from "@/lib/days"
import { Icon } from "@/ui/icons"
import { shiftTo } from "./change"
import { mayShift, type TimelineRow } from "./rows"
import { dayAt } from "./scale"
import type { Draft } from "./useShift"
import { dayIn, waitsFor, workingTime } from "./words"

interface TimelineTableProps {
  timeline: Timeline
  rows: readonly TimelineRow[]
  draft: Draft
  canWrite: boolean
  hasBaseline: boolean
  onOpen: (taskId: string) => void
}

const PAGE = 200
const head = "px-3 py-2 text-left text-xs font-medium whitespace-nowrap text-ink-muted"
const cell = "px-3 py-1.5 whitespace-nowrap"

/** The timeline in words: the same tasks, the same changes. */
export function TimelineTable({ timeline, rows, draft, canWrite, hasBaseline, onOpen }: TimelineTableProps) {
  const [most, setMost] = useState(PAGE)
  const { zone } = timeline
  const waits = waitsFor(timeline)
  const moves = new Map(draft.preview?.moves.map((move) => [move.task_id, move]))

  return (
    <div className="h-full overflow-auto pb-56 scroll-thin">
      <table className="w-full min-w-max border-collapse text-sm">
        <caption className="sr-only">Plan of the project, with dates, slack and dependencies</caption>
        <thead className="sticky top-0 z-10 bg-sunken">
          <tr className="border-y border-line">
            {["Task", "Start", "Finish", "Work", "Slack", "Critical", "Waits for", ...(hasBaseline ? ["Then"] : [])].map((name) => (
              <th key={name} scope="col" className={head}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, most).map(({ task, depth, baseline }) => {
            const move = moves.get(task.id)
            const isDone = task.category === "completed"
            const field = (kind: "move" | "finish", iso: string, label: string) =>
              canWrite && mayShift(task, kind) ? (
                <DayInput
                  key={`${task.version} ${iso} ${draft.shift === null}`}
                  label={`${label} of ${task.key}`}
                  day={dayAt(dayPoint(iso, zone))}
                  onChange={(day) => draft.propose(shiftTo(task, kind, day, zone))}
                />
              ) : (
                <span className="text-ink-muted">{dayIn(iso, zone)}</span>
              )
            return (
              <tr key={task.id} className={`border-b border-line ${move ? "bg-accent-soft" : ""}`}>
                <th scope="row" className={`${cell} max-w-xs text-left font-normal`} style={{ paddingLeft: 12 + Math.min(depth, 4) * 14 }}>
                  <button
                    type="button"
                    data-card={task.id}
                    onClick={() => onOpen(task.id)}
                    className={`max-w-full truncate text-left hover:text-accent-ink ${task.is_summary ? "font-medium" : ""} ${isDone ? "text-ink-muted" : "text-ink"}`}
                  >
                    <span className="mr-2 text-xs text-ink-faint">{task.key}</span>
                    {task.title}
                  </button>
                </th>
                <td className={cell}>
                  {field("move", task.start, "Start")}
                  {move && <span className="block text-xs text-accent-ink">would be {dayIn(move.start, zone)}</span>}
                </td>
                <td className={cell}>
                  {field("finish", task.finish, "Finish")}
                  {move && <span className="block text-xs text-accent-ink">would be {dayIn(move.due_date, zone)}</span>}
                </td>
                <td className={`${cell} text-ink-muted tabular-nums`}>{task.is_milestone ? "Milestone" : workingTime(task.duration_minutes)}</td>
                <td className={`${cell} text-ink-muted tabular-nums`}>{isDone ? "Done" : workingTime(task.total_slack)}</td>
                <td className={cell}>
                  {task.is_critical && !isDone && (
                    <span className="inline-flex items-center gap-1 text-danger-ink">
                      <Icon name="alert" className="size-3.5" />
                      Critical
                    </span>
                  )}
                </td>
                <td className={`${cell} text-ink-muted`}>{waits.get(task.id)?.join(", ")}</td>
                {hasBaseline && <td className={`${cell} text-ink-muted`}>{baseline ? difference(baseline.finish, dayPoint(task.finish, zone)) : "Not there yet"}</td>}
              </tr>
            )
          })}
        </tbody>
      </table>
      {rows.length > most && (
        <button type="button" onClick={() => setMost(most + PAGE)} className="m-4 rounded-md border border-line-strong bg-raised px-3 py-1.5 text-sm text-ink hover:bg-hover">
          Show more ({rows.length - most} left)
        </button>
      )}
    </div>
  )
}

function difference(then: number, now: number): string {
  const days = Math.floor(now) - Math.floor(then)
  if (days === 0) return "As planned"
  return `${Math.abs(days)} ${Math.abs(days) === 1 ? "day" : "days"} ${days > 0 ? "later" : "earlier"}`
}

interface DayInputProps {
  label: string
  day: string
  onChange: (day: string) => void
}

/** Typing a year digit by digit would ask for the year 2: only what is left or entered counts, or chosen by the picker. */
function DayInput({ label, day, onChange }: DayInputProps) {
  const [typed, setTyped] = useState(day)
  const done = () => typed !== day && onChange(typed)
  return (
    <input
      type="date"
      aria-label={label}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={done}
      onKeyDown={(event) => {
        if (event.key === "Enter") done()
      }}
      className="h-8 rounded-md border border-line bg-raised px-1.5 text-sm text-ink hover:border-ink-faint"
    />
  )
}

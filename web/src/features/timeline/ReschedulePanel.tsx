import type { Timeline } from "@/lib/api/types"
import { shortDate } from "@/lib/dates"
import { Button } from "@/ui/Button"
import { Icon } from "@/ui/icons"
import { Kbd } from "@/ui/Kbd"
import { ErrorNotice } from "@/ui/states"
import { summaryOf, worriesOf } from "./change"
import type { Draft } from "./useShift"
import { dayIn } from "./words"

const MOST_NAMED = 6

/** What a change would do, before it is done. */
export function ReschedulePanel({ draft, timeline }: { draft: Draft; timeline: Timeline }) {
  const { shift, preview, problem } = draft
  const { zone } = timeline
  const task = shift && timeline.tasks.find(({ id }) => id === shift.taskId)
  if (!shift || !task) return null
  const nameOf = (taskId: string) => timeline.tasks.find(({ id }) => id === taskId)?.key ?? "A task"
  const count = `${Math.abs(shift.days)} ${Math.abs(shift.days) === 1 ? "day" : "days"}`
  const way = shift.kind === "move" ? (shift.days > 0 ? `${count} later` : `${count} earlier`) : shift.days > 0 === (shift.kind === "finish") ? `${count} longer` : `${count} shorter`
  const worries = preview ? worriesOf(preview, nameOf, (iso) => dayIn(iso, zone)) : []

  return (
    <section
      aria-label="What would move"
      className="absolute inset-x-3 bottom-3 z-30 mx-auto max-w-xl animate-[rise_140ms_ease-out] rounded-xl border border-line-strong bg-raised p-4 shadow-pop"
    >
      <h2 className="text-sm font-semibold text-ink">
        {task.key} {way}
      </h2>
      <p role="status" className="mt-0.5 text-sm text-ink-muted">
        {preview ? summaryOf(preview, zone) : problem ? "" : "Looking at what would move…"}
      </p>
      {Boolean(problem) && (
        <div className="mt-2">
          <ErrorNotice error={problem} />
        </div>
      )}
      {preview && preview.moves.length > 0 && (
        <ul className="mt-2 max-h-36 space-y-1 overflow-y-auto text-xs text-ink-muted scroll-thin">
          {preview.moves.slice(0, MOST_NAMED).map((move) => (
            <li key={move.task_id} className="flex flex-wrap gap-x-2">
              <span className="font-medium text-ink">{move.key}</span>
              <span className="min-w-0 truncate">{move.title}</span>
              <span className="ml-auto tabular-nums">
                {shortDate(move.start_date)} – {dayIn(move.due_date, zone)}
                {move.reason !== "changed" && <span className="text-ink-faint"> · {REASONS[move.reason]}</span>}
              </span>
            </li>
          ))}
          {preview.moves.length > MOST_NAMED && <li>and {preview.moves.length - MOST_NAMED} more</li>}
        </ul>
      )}
      {worries.map((worry) => (
        <p key={worry} className="mt-2 flex items-start gap-1.5 text-xs text-warning-ink">
          <Icon name="alert" className="mt-px size-3.5" />
          {worry}
        </p>
      ))}
      <div className="mt-3 flex items-center gap-2">
        <p className="mr-auto hidden items-center gap-1 text-xs text-ink-faint sm:flex">
          <Kbd>Enter</Kbd> applies, <Kbd>Esc</Kbd> does not
        </p>
        <Button size="sm" variant="ghost" className="max-sm:ml-auto" onClick={draft.cancel}>
          Cancel
        </Button>
        <Button size="sm" variant="primary" disabled={!preview} busy={draft.isApplying} onClick={draft.apply}>
          Apply
        </Button>
      </div>
    </section>
  )
}

const REASONS = { changed: "", dependency: "waits", sub_tasks: "by its sub-tasks", schedule: "by the schedule" } as const

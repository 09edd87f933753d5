import { useState, type ReactNode } from "react"
import type { Optimisation, User } from "@/lib/api/types"
import { shortDate } from "@/lib/dates"
import { formatNumber } from "@/lib/region"
import { Badge } from "@/ui/Badge"
import { Section } from "./Section"
import { TaskLink } from "./TaskLink"
import { count, nameOf, whyThere } from "./words"

const FIRST_SHOWN = 100

interface ScheduleDiffProps {
  found: Optimisation
  people: User[]
  onOpen: (taskId: string) => void
  /** What can be done with it. */
  children: ReactNode
}

/** A better plan beside the present one: what moves from when to when, and why it is there. */
export function ScheduleDiff({ found, people, onOpen, children }: ScheduleDiffProps) {
  const [showsAll, setShowsAll] = useState(false)
  const { present, optimised, tasks } = found
  const keys = new Map(tasks.map(({ task_id, key }) => [task_id, key]))
  const keyOf = (id: string) => keys.get(id) ?? "a task elsewhere"
  const changed = tasks.filter(({ moves, is_assigned }) => moves || is_assigned)
  const shown = (showsAll ? tasks : changed).slice(0, FIRST_SHOWN)
  const rows = [
    { name: "Finish", before: dateOr(present.finish), after: dateOr(optimised.finish) },
    { name: "Late tasks", before: formatNumber(present.late_tasks), after: formatNumber(optimised.late_tasks) },
    { name: "Hours late, together", before: formatNumber(Math.round(present.late_hours)), after: formatNumber(Math.round(optimised.late_hours)) },
    { name: "Double bookings", before: formatNumber(present.overlaps), after: formatNumber(optimised.overlaps) },
  ]

  return (
    <Section
      title={changed.length === 0 ? "The present plan cannot be bettered" : `${count(changed.length, "task")} would change`}
      text={`Found in ${count(found.passes, "attempt")}${found.method === "cp_sat" ? ", with a proof-seeking solver" : ""}. Applying it is one change: one undo takes it back.`}
      action={children}
    >
      <div className="overflow-x-auto">
        <table className="w-full text-sm">
          <caption className="sr-only">The present plan and the one found</caption>
          <thead className="text-xs text-ink-muted">
            <tr>
              <th scope="col" className="py-1 text-left font-medium"><span className="sr-only">What</span></th>
              <th scope="col" className="py-1 text-right font-medium">Now</th>
              <th scope="col" className="py-1 text-right font-medium">Then</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, before, after }) => (
              <tr key={name} className="border-t border-line">
                <th scope="row" className="py-1 text-left font-normal text-ink-muted">{name}</th>
                <td className="py-1 text-right text-ink-muted tabular-nums">{before}</td>
                <td className="py-1 text-right font-medium text-ink tabular-nums">{after}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <label className="mt-4 flex w-fit cursor-pointer items-center gap-2 text-xs text-ink-muted">
        <input type="checkbox" checked={showsAll} onChange={(event) => setShowsAll(event.target.checked)} className="size-4 accent-accent" />
        Show tasks that stay too
      </label>
      <ol aria-label="What would change" className="mt-1 divide-y divide-line">
        {shown.map((task) => (
          <li key={task.task_id} className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 py-2 text-sm">
            <span className="min-w-0 flex-1 basis-52">
              <TaskLink id={task.task_id} text={`${task.key} ${task.title}`} onOpen={onOpen} />
              {task.is_assigned && (
                <>
                  {" "}
                  <Badge tone="accent">for {nameOf(people, task.assignee_id)}</Badge>
                </>
              )}
              <span className="block text-xs text-ink-muted">{task.reasons.map((reason) => whyThere(reason, keyOf, people)).join(" · ")}</span>
            </span>
            <span className="text-xs text-ink-muted tabular-nums">
              {task.moves && (
                <>
                  <span className="sr-only">from </span>
                  <del className="decoration-ink-faint">{span(task.old_start_date, task.old_due_date)}</del>
                  <span aria-hidden="true"> → </span>
                  <span className="sr-only"> to </span>
                </>
              )}
              <span className={task.moves ? "font-medium text-ink" : ""}>{span(task.start_date, task.due_date)}</span>
            </span>
          </li>
        ))}
      </ol>
      {(showsAll ? tasks : changed).length > FIRST_SHOWN && <p className="mt-2 text-xs text-ink-muted">The first {FIRST_SHOWN} are shown; applying does them all.</p>}
    </Section>
  )
}

function dateOr(iso: string | null): string {
  return iso ? shortDate(iso) : "–"
}

function span(start: string | null, due: string | null): string {
  if (!start && !due) return "no dates"
  return `${start ? shortDate(start) : "…"} – ${due ? shortDate(due) : "…"}`
}

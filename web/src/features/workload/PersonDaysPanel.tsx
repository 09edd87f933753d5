import { useEffect, useRef } from "react"
import type { PersonLoad, WeekLoad } from "@/lib/api/types"
import { addDays, mondayOf } from "@/lib/days"
import { region } from "@/lib/region"
import { IconButton } from "@/ui/Button"
import { Icon } from "@/ui/icons"
import { ErrorNotice, Skeleton } from "@/ui/states"
import { useGetDaysQuery } from "./api"
import { hours, levelOf, type Measure } from "./load"

interface PersonDaysPanelProps {
  person: PersonLoad["user"]
  week: WeekLoad["week"]
  measure: Measure
  projectId: string
  onOpen: (taskId: string) => void
  onClose: () => void
}

/** A week of somebody, day by day, with the tasks that make it up. */
export function PersonDaysPanel({ person, week, measure, projectId, onOpen, onClose }: PersonDaysPanelProps) {
  const since = mondayOf(week)
  const { data, error, refetch } = useGetDaysQuery({ personId: person.id, since, until: addDays(since, 6) })
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [person.id, week])
  const dayName = new Intl.DateTimeFormat(region().locale, { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" })

  return (
    // Esc closes it from wherever one is inside.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section
      aria-labelledby="days-of"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented) return
        event.preventDefault()
        onClose()
      }}
      className="border-t border-line bg-surface px-4 py-3 sm:px-6"
    >
      <div className="mb-2 flex items-center gap-2">
        <h2 id="days-of" ref={heading} tabIndex={-1} className="min-w-0 flex-1 truncate text-sm font-semibold text-ink outline-none">
          {`${person.first_name} ${person.last_name}`.trim()}, week of {dayName.format(new Date(since))}
        </h2>
        <IconButton icon="close" label="Close the week" shortcut="Esc" onClick={onClose} />
      </div>
      {error && !data && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton className="h-32 w-full" />}
      {data && (
        <ol className="grid gap-2 sm:grid-cols-4 lg:grid-cols-7">
          {data.days.map((day) => {
            const level = levelOf({ ...day, over_assigned: Math.max(0, day.allocated - day.capacity) }, measure)
            return (
              <li key={day.day} className={`min-w-0 rounded-lg border p-2 ${level.tone === "over" ? "border-danger bg-danger-soft" : "border-line bg-raised"}`}>
                <h3 className="text-xs font-medium text-ink">{dayName.format(new Date(day.day))}</h3>
                <p className={`flex items-center gap-1 text-xs ${level.tone === "over" ? "text-danger-ink" : "text-ink-muted"}`}>
                  {level.tone === "over" && <Icon name="alert" className="size-3" />}
                  {day.capacity === 0 && level.load === 0 ? "Off" : `${hours(level.load)} of ${hours(day.capacity)}`}
                  {level.tone === "over" && `, ${level.word}`}
                </p>
                {(day.tasks.length > 0 || day.unnamed > 0) && (
                  <ul className="mt-1.5 space-y-1 text-xs">
                    {day.tasks.map((task) => (
                      <li key={task.task_id} className="flex items-baseline gap-1.5">
                        {task.project_id === projectId ? (
                          <button type="button" data-card={task.task_id} onClick={() => onOpen(task.task_id)} title={`${task.key} ${task.title}`} className="min-w-0 flex-1 truncate text-left text-ink underline decoration-line-strong underline-offset-2 hover:text-accent-ink">
                            {task.title}
                          </button>
                        ) : (
                          <span className="min-w-0 flex-1 truncate text-ink-muted" title={`${task.key} ${task.title}, another project`}>
                            {task.key} {task.title}
                          </span>
                        )}
                        <span className="shrink-0 text-ink-muted tabular-nums">{hours(task.minutes)}</span>
                      </li>
                    ))}
                    {day.unnamed > 0 && <li className="text-ink-muted">{hours(day.unnamed)} elsewhere</li>}
                  </ul>
                )}
              </li>
            )
          })}
        </ol>
      )}
    </section>
  )
}

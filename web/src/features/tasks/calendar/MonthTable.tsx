import { useState, type ReactNode } from "react"
import { region } from "@/lib/region"
import type { TaskRow } from "@/lib/sync/models"
import { CalendarDay } from "./CalendarDay"
import { monthOf } from "./month"

interface MonthProps {
  month: string
  weeks: string[][]
  byDay: ReadonlyMap<string, TaskRow[]>
  today: string
  /** The day that a lifted task would go to. */
  target: string | null
  task: (task: TaskRow) => ReactNode
}

export function MonthTable({ month, weeks, byDay, today, target, task }: MonthProps) {
  const [whole, setWhole] = useState<ReadonlySet<string>>(new Set())
  const weekday = formatted({ weekday: "short" })
  const long = formatted({ weekday: "long" })
  const full = formatted({ dateStyle: "full" })
  return (
    <table className="w-full table-fixed border-collapse">
      <caption className="sr-only">Tasks by the day they are due</caption>
      <thead>
        <tr>
          {weeks[0]?.map((day) => (
            <th key={day} scope="col" className="pb-1 text-right text-xs font-medium text-ink-muted">
              <abbr title={long(day)} className="pr-1.5 no-underline">
                {weekday(day)}
              </abbr>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((week) => (
          <tr key={week[0]}>
            {week.map((day) => (
              <CalendarDay
                key={day}
                day={day}
                name={full(day)}
                tasks={byDay.get(day) ?? []}
                isToday={day === today}
                isOutside={monthOf(day) !== month}
                isTarget={day === target}
                isWhole={whole.has(day)}
                onWhole={(one) => setWhole(new Set([...whole, one]))}
              >
                {task}
              </CalendarDay>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** The same for a narrow window: the days that have tasks, below each other. */
export function Agenda({ month, weeks, byDay, today, target, task }: MonthProps) {
  const full = formatted({ weekday: "long", day: "numeric", month: "long" })
  const days = weeks.flat().filter((day) => monthOf(day) === month && (byDay.has(day) || day === target))
  if (days.length === 0) return <p className="py-8 text-center text-sm text-ink-muted">Nothing is due this month.</p>
  return (
    <ol className="space-y-4">
      {days.map((day) => (
        <li key={day} className={day === target ? "rounded-md outline-2 outline-offset-2 outline-accent" : ""}>
          <h3 className={`mb-1 text-xs font-medium ${day === today ? "text-accent-ink" : "text-ink-muted"}`}>
            {full(day)}
            {day === today && " · today"}
          </h3>
          <ul className="space-y-1">
            {byDay.get(day)?.map((one) => (
              <li key={one.id}>{task(one)}</li>
            ))}
          </ul>
        </li>
      ))}
    </ol>
  )
}

function formatted(options: Intl.DateTimeFormatOptions): (day: string) => string {
  const format = new Intl.DateTimeFormat(region().locale, { ...options, timeZone: "UTC" })
  return (day) => format.format(new Date(day))
}

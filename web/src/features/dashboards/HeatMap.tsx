import { useState } from "react"
import type { PersonLoad, WeekLoad } from "@/lib/api/types"
import { shortDate } from "@/lib/dates"
import { addDays, mondayOf, todayIn, weekOfDay } from "@/lib/days"
import { formatNumber } from "@/lib/region"
import { saveFile } from "@/lib/saveFile"
import { Button, IconButton } from "@/ui/Button"
import { csvOf, type Column } from "@/ui/charts/exporting"
import { EmptyState, ErrorNotice, Skeleton } from "@/ui/states"
import { useGetWorkspaceLoadQuery } from "./api"
import { heatOf, hoursOf, weeksFrom, type Heat } from "./heat"
import { MEANINGS } from "./meanings"

const WEEKS = 8
const STEP_DAYS = 28
const LOOKS: Record<Heat, string> = {
  off: "bg-sunken text-ink-muted",
  free: "bg-raised text-ink-muted border border-line",
  some: "bg-accent-soft text-accent-ink",
  full: "bg-warning-soft text-warning-ink",
  over: "bg-danger-soft text-danger-ink font-semibold",
}
const WORDS: [Heat, string][] = [["free", "Free"], ["some", "Has work"], ["full", "Full, from 90 %"], ["over", "More than they can do"], ["off", "Off"]]

/** How full everybody's weeks are, over all projects. */
export function HeatMap({ zone }: { zone: string }) {
  const [first, setFirst] = useState(() => todayIn(zone))
  const weeks = weeksFrom(first, WEEKS)
  const { currentData: loads, error, refetch } = useGetWorkspaceLoadQuery({ since: weeks[0] ?? "", until: weeks.at(-1) ?? "" }, { refetchOnMountOrArgChange: 30 })
  const now = weekOfDay(todayIn(zone))
  return (
    <section aria-label="Workload by person and week" className="space-y-3">
      <div className="flex flex-wrap items-center gap-1.5">
        <IconButton icon="chevronLeft" label="Weeks before" onClick={() => setFirst(addDays(first, -STEP_DAYS))} />
        <IconButton icon="chevronRight" label="Weeks after" onClick={() => setFirst(addDays(first, STEP_DAYS))} />
        <Button size="sm" onClick={() => setFirst(todayIn(zone))}>
          This week
        </Button>
        {loads && loads.length > 0 && (
          <Button size="sm" icon="download" onClick={() => saveFile(new Blob([csvOf(rowsOf(loads), COLUMNS)], { type: "text/csv;charset=utf-8" }), "workload.csv")}>
            Download as CSV
          </Button>
        )}
        <ul aria-label="Colours" className="ml-auto flex flex-wrap gap-1.5 text-2xs">
          {WORDS.map(([heat, word]) => (
            <li key={heat} className={`rounded px-1.5 py-0.5 ${LOOKS[heat]}`}>
              {word}
            </li>
          ))}
        </ul>
      </div>
      <p className="text-xs text-ink-muted">{MEANINGS.load}</p>
      {error && !loads && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!loads && !error && <Skeleton className="h-64 w-full rounded-xl" />}
      {loads?.length === 0 && <EmptyState icon="people" title="Nobody to show" text="People whose time you may see stand here, week by week." />}
      {loads && loads.length > 0 && (
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keyboard
        <div tabIndex={0} role="region" aria-label="Heat map" className="overflow-x-auto rounded-xl border border-line bg-raised p-2 shadow-card">
          <table className="w-full border-separate border-spacing-0.5 text-xs">
            <caption className="sr-only">How full people’s weeks are, in all projects</caption>
            <thead>
              <tr className="text-left text-ink-muted">
                <th scope="col" className="sticky left-0 bg-raised px-2 py-1 font-medium">
                  Person
                </th>
                {weeks.map((week) => (
                  <th key={week} scope="col" className={`px-2 py-1 font-medium whitespace-nowrap ${week === now ? "text-accent-ink" : ""}`}>
                    {shortDate(mondayOf(week))}
                    {week === now && " · now"}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {loads.map(({ user, weeks: own, undated }) => (
                <tr key={user.id}>
                  <th scope="row" className="sticky left-0 max-w-40 truncate bg-raised px-2 py-1 text-left font-normal text-ink">
                    {nameOf(user)}
                    {undated > 0 && <span className="block truncate text-2xs text-ink-muted">{hoursOf(undated)} without a date</span>}
                  </th>
                  {own.map((week) => (
                    <Cell key={week.week} week={week} />
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

function nameOf({ first_name, last_name }: PersonLoad["user"]): string {
  return `${first_name} ${last_name}`.trim()
}

interface PersonWeek {
  name: string
  week: WeekLoad
}

const rowsOf = (loads: readonly PersonLoad[]) => loads.flatMap(({ user, weeks }) => weeks.map((week): PersonWeek => ({ name: nameOf(user), week })))

const COLUMNS: Column<PersonWeek>[] = [
  { label: "Person", of: ({ name }) => name },
  { label: "Week from", of: ({ week }) => mondayOf(week.week) },
  { label: "Planned, hours", of: ({ week }) => week.planned / 60, isNumber: true },
  { label: "Can work, hours", of: ({ week }) => week.capacity / 60, isNumber: true },
  { label: "Per cent", of: ({ week }) => heatOf(week).percent, isNumber: true },
]

function Cell({ week }: { week: WeekLoad }) {
  const { heat, percent } = heatOf(week)
  return (
    <td className={`min-w-20 rounded px-2 py-1.5 whitespace-nowrap tabular-nums ${LOOKS[heat]}`}>
      <span className="block">{heat === "off" ? "Off" : percent === null ? "No time" : `${formatNumber(percent)} %`}</span>
      <span className="block text-2xs">
        {hoursOf(week.planned)} of {hoursOf(week.capacity)}
      </span>
    </td>
  )
}

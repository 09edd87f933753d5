import { Link } from "react-router"
import type { Timesheet } from "@/lib/api/types"
import { shortDate, toDateInput } from "@/lib/dates"
import { asHours } from "./durations"

interface TimesheetTableProps {
  sheet: Timesheet
  linkTo: (row: Timesheet["rows"][number]) => string
}

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
const number = "px-2 py-2 text-right text-sm tabular-nums"

/** A week: tasks by days, and what they come to. */
export function TimesheetTable({ sheet, linkTo }: TimesheetTableProps) {
  const today = toDateInput(new Date().toISOString())
  return (
    // Wider than a phone: it scrolls, by keys too.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div tabIndex={0} role="region" aria-label="Week" className="overflow-x-auto scroll-thin rounded-xl border border-line bg-surface">
      <table aria-label="Timesheet" className="w-full min-w-[48rem] border-collapse">
        <thead className="border-b border-line text-xs text-ink-faint">
          <tr>
            <th scope="col" className="px-4 py-2 text-left font-medium">
              Task
            </th>
            {sheet.days.map((day, at) => (
              <th key={day} scope="col" className={`w-18 px-2 py-2 text-right font-medium whitespace-nowrap ${day === today ? "text-accent-ink" : ""}`}>
                {DAYS[at]} <span className="block font-normal">{shortDate(day)}</span>
              </th>
            ))}
            <th scope="col" className="w-18 px-4 py-2 text-right font-medium">
              Total
            </th>
          </tr>
        </thead>
        <tbody>
          {sheet.rows.map((row) => (
            <tr key={row.task_id} className="border-b border-line hover:bg-hover">
              <th scope="row" className="max-w-0 truncate px-4 py-2 text-left text-sm font-normal">
                {row.task_key ? (
                  <Link to={linkTo(row)} className="text-ink hover:underline">
                    <span className="mr-1.5 text-xs font-medium text-ink-faint tabular-nums">{row.task_key}</span>
                    {row.task_title}
                  </Link>
                ) : (
                  <span className="text-ink-faint">A task that is gone</span>
                )}
              </th>
              {row.seconds.map((seconds, at) => (
                <td key={sheet.days[at]} className={`${number} ${seconds > 0 ? "text-ink" : "text-ink-faint"}`}>
                  {seconds > 0 ? asHours(seconds) : "–"}
                </td>
              ))}
              <td className={`${number} px-4 font-medium text-ink`}>{asHours(row.total)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" className="px-4 py-2 text-left text-sm font-medium text-ink">
              Total
            </th>
            {sheet.totals.map((seconds, at) => (
              <td key={sheet.days[at]} className={`${number} font-medium text-ink`}>
                {asHours(seconds)}
              </td>
            ))}
            <td className={`${number} px-4 font-semibold text-ink`}>{asHours(sheet.total)}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  )
}

import { Link } from "react-router"
import type { Report, User } from "@/lib/api/types"
import { fullName } from "@/lib/people"
import { Avatar } from "@/ui/Avatar"
import { Icon, type IconName } from "@/ui/icons"
import { RelativeTime } from "@/ui/RelativeTime"
import { describeReport, describeSchedule, type Chart } from "./words"

interface ReportListProps {
  label: string
  reports: Report[]
  people: User[]
  /** Whose name need not stand there. */
  me: string
  linkTo: (report: Report) => string
}

export const chartIcons: Record<Chart, IconName> = { bar: "chartBars", line: "chartLine", pie: "chartPie", none: "list" }

export function ReportList({ label, reports, people, me, linkTo }: ReportListProps) {
  return (
    <section className="mb-8">
      <h2 className="mb-2 text-sm font-semibold text-ink">{label}</h2>
      <ul aria-label={label} className="overflow-hidden rounded-xl border border-line bg-raised shadow-card">
        {reports.map((report) => {
          const owner = report.owner_id === me ? undefined : people.find(({ id }) => id === report.owner_id)
          return (
            <li key={report.id} className="border-b border-line last:border-0">
              <Link to={linkTo(report)} className="flex min-h-14 items-center gap-3 px-4 py-2 hover:bg-hover focus-visible:-outline-offset-2">
                <Icon name={chartIcons[report.chart]} className="size-4 text-ink-faint" />
                <span className="min-w-0 flex-1">
                  <span className="block truncate text-sm font-medium text-ink">{report.name}</span>
                  <span className="block truncate text-xs text-ink-muted">{describeReport(report)}</span>
                </span>
                {report.schedule && (
                  <span title={describeSchedule(report.schedule)} className="text-ink-faint">
                    <Icon name="mail" className="size-4" />
                    <span className="sr-only">Mailed: {describeSchedule(report.schedule)}</span>
                  </span>
                )}
                {report.is_shared && !owner && <span className="text-xs text-ink-muted">Shared</span>}
                {owner && (
                  <span className="flex items-center gap-1.5 text-xs text-ink-muted">
                    <Avatar person={owner} size="sm" />
                    <span className="max-sm:sr-only">{fullName(owner)}</span>
                  </span>
                )}
                <span className="w-24 text-right text-xs text-ink-faint max-sm:hidden">
                  <RelativeTime iso={report.updated_at} />
                </span>
              </Link>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

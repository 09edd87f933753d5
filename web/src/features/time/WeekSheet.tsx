import type { ReactNode } from "react"
import type { Timesheet } from "@/lib/api/types"
import { shortDate, startOfDay } from "@/lib/dates"
import { useShortcuts } from "@/lib/shortcuts"
import { Button, IconButton } from "@/ui/Button"
import { Menu } from "@/ui/Menu"
import { EmptyState, ErrorNotice, Skeleton } from "@/ui/states"
import { useExportTimeMutation, useGetTimesheetQuery, type Sheet } from "./api"
import { dayAfter, isoWeek } from "./durations"
import { TimesheetTable } from "./TimesheetTable"

interface WeekSheetProps {
  shown: Sheet
  onWeek: (week: string | null) => void
  projects: { id: string; name: string }[]
  linkTo: (row: Timesheet["rows"][number]) => string
  /** What to do when there is nothing here. */
  emptyAction: ReactNode
}

const WEEK = 7

export function WeekSheet({ shown, onWeek, projects, linkTo, emptyAction }: WeekSheetProps) {
  const { currentData: sheet, error, refetch } = useGetTimesheetQuery(shown, { refetchOnMountOrArgChange: true })
  const first = sheet?.days[0]
  const step = (weeks: number) => () => first && onWeek(isoWeek(dayAfter(first, weeks * WEEK)))
  useShortcuts({ "time.previous": step(-1), "time.next": step(1) })
  const last = sheet?.days.at(-1)

  return (
    <>
      <div className="mb-4 flex flex-wrap items-center gap-1.5">
        <IconButton icon="arrowLeft" label="The week before" shortcut="K" disabled={!first} onClick={step(-1)} />
        <h2 aria-live="polite" className="min-w-40 text-center text-sm font-medium text-ink tabular-nums">
          {first && last ? `${shortDate(first)} – ${shortDate(last)}` : "…"}
        </h2>
        <IconButton icon="arrowLeft" label="The week after" shortcut="J" disabled={!first} onClick={step(1)} className="rotate-180" />
        {shown.week && (
          <Button size="sm" variant="ghost" onClick={() => onWeek(null)}>
            This week
          </Button>
        )}
        <span className="ml-auto">{sheet && sheet.rows.length > 0 && <ExportCsv sheet={sheet} projects={projects} />}</span>
      </div>
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!sheet && !error && <Skeleton className="h-72 rounded-xl" />}
      {sheet && sheet.rows.length > 0 && <TimesheetTable sheet={sheet} linkTo={linkTo} />}
      {sheet?.rows.length === 0 && (
        <EmptyState icon="clock" title="No time in this week" text="Start the timer of a task, or add time to it: both are in the task’s panel. Here the week adds it up.">
          {emptyAction}
        </EmptyState>
      )}
    </>
  )
}

/** The API exports a project at a time. */
function ExportCsv({ sheet, projects }: { sheet: Timesheet; projects: WeekSheetProps["projects"] }) {
  const [run, { isLoading }] = useExportTimeMutation()
  const inSheet = projects.filter(({ id }) => sheet.rows.some(({ project_id }) => project_id === id))
  const first = sheet.days[0] ?? ""
  const save = (projectId: string, name: string) =>
    void run({
      projectId,
      userId: sheet.user_id,
      since: startOfDay(first).toISOString(),
      until: startOfDay(first, WEEK).toISOString(),
      fileName: `time-${name.replace(/[^\p{L}\p{N}]+/gu, "-")}-${sheet.week}.csv`,
    })
  return (
    <Menu
      button={
        <Button icon="download" busy={isLoading}>
          Export CSV
        </Button>
      }
      actions={inSheet.map(({ id, name }) => ({ label: name, icon: "folder", onSelect: () => save(id, name) }))}
    />
  )
}

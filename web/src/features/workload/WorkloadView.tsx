import { useState, type KeyboardEvent } from "react"
import type { User } from "@/lib/api/types"
import { shortDate } from "@/lib/dates"
import { addDays, mondayOf, todayIn, weekOfDay } from "@/lib/days"
import { useRegion } from "@/lib/useRegion"
import { Avatar } from "@/ui/Avatar"
import { Button, IconButton } from "@/ui/Button"
import { EmptyState, ErrorNotice, Skeleton } from "@/ui/states"
import { useGetUtilisationQuery } from "./api"
import { hours, weeksFrom, type Measure } from "./load"
import { PersonDaysPanel } from "./PersonDaysPanel"
import { WorkloadCell } from "./WorkloadCell"

interface WorkloadViewProps {
  projectId: string
  people: User[]
  onOpen: (taskId: string) => void
}

const WEEKS = 8
const STEP_DAYS = 28

export function WorkloadView({ projectId, people, onOpen }: WorkloadViewProps) {
  const { timeZone } = useRegion()
  const [first, setFirst] = useState(() => todayIn(timeZone))
  const [measure, setMeasure] = useState<Measure>("planned")
  const [opened, setOpened] = useState<{ personId: string; week: string } | null>(null)
  const [active, setActive] = useState({ row: 0, column: 0 })
  const weeks = weeksFrom(first, WEEKS)
  const { currentData: loads, error, refetch } = useGetUtilisationQuery(
    { projectId, since: weeks[0] ?? "", until: weeks.at(-1) ?? "" },
    { refetchOnMountOrArgChange: true },
  )
  const now = weekOfDay(todayIn(timeZone))
  const openedPerson = loads?.find(({ user }) => user.id === opened?.personId)
  const close = () => {
    setOpened(null)
    document.querySelector<HTMLElement>("[data-cell][aria-expanded='true']")?.focus()
  }

  const onKeyDown = (event: KeyboardEvent<HTMLTableSectionElement>) => {
    const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key]
    if (!by || event.defaultPrevented || !(event.target instanceof HTMLElement) || !event.target.matches("[data-cell]")) return
    event.preventDefault()
    const [down = 0, right = 0] = by
    const row = Math.max(0, Math.min((loads?.length ?? 1) - 1, active.row + down))
    const column = Math.max(0, Math.min(WEEKS - 1, active.column + right))
    setActive({ row, column })
    const cell = event.currentTarget.rows[row]?.querySelectorAll<HTMLElement>("[data-cell]")[column]
    cell?.focus()
    cell?.scrollIntoView({ block: "nearest", inline: "nearest" })
  }
  const overloaded = loads?.filter(({ weeks: own }) => own.some((week) => (measure === "planned" ? week.over_allocated : week.over_assigned) > 0)) ?? []

  return (
    <div className="flex h-full flex-col">
      <div className="flex shrink-0 flex-wrap items-center gap-1.5 px-4 py-2.5 sm:px-6">
        <IconButton icon="chevronLeft" label="Weeks before" onClick={() => setFirst(addDays(first, -STEP_DAYS))} />
        <IconButton icon="chevronRight" label="Weeks after" onClick={() => setFirst(addDays(first, STEP_DAYS))} />
        <Button size="sm" onClick={() => setFirst(todayIn(timeZone))}>
          This week
        </Button>
        <div role="group" aria-label="Count" className="flex rounded-md border border-line-strong bg-raised p-0.5">
          {(["planned", "allocated"] as const).map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={measure === one}
              onClick={() => setMeasure(one)}
              className="h-6 rounded px-2 text-xs font-medium text-ink-muted hover:text-ink aria-pressed:bg-accent-soft aria-pressed:text-accent-ink pointer-coarse:h-9"
            >
              {one === "planned" ? "Open tasks" : "Assignments"}
            </button>
          ))}
        </div>
        <p role="status" className="px-1 text-xs text-ink-muted">
          {loads && (overloaded.length === 0 ? "Nobody has more than they can do" : `Too much for ${overloaded.map(({ user }) => nameOf(user)).join(", ")}`)}
        </p>
      </div>
      <div className="min-h-0 flex-1 overflow-auto scroll-thin">
        {error && !loads && (
          <div className="px-4 sm:px-6">
            <ErrorNotice error={error} onRetry={() => void refetch()} />
          </div>
        )}
        {!loads && !error && <WorkloadSkeleton />}
        {loads?.length === 0 && <EmptyState icon="people" title="Nobody works here yet" text="Members of the project and whoever has its tasks stand here, week by week. Add people with the button above." />}
        {loads && loads.length > 0 && (
          <table className="min-w-max border-separate border-spacing-1 px-3 sm:px-5">
            <caption className="sr-only">What people have to do by week, of what they can</caption>
            <thead>
              <tr>
                <th scope="col" className="sticky left-0 z-10 bg-canvas px-1 py-1 text-left text-xs font-medium text-ink-muted">
                  Person
                </th>
                {weeks.map((week) => (
                  <th key={week} scope="col" className={`px-2 py-1 text-left text-xs font-medium ${week === now ? "text-accent-ink" : "text-ink-muted"}`}>
                    {shortDate(mondayOf(week))}
                    {week === now && " · now"}
                  </th>
                ))}
              </tr>
            </thead>
            {/* Arrows go from cell to cell; one listener serves them all. */}
            {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
            <tbody onKeyDown={onKeyDown}>
              {loads.map(({ user, weeks: own, undated }, row) => (
                <tr key={user.id}>
                  <th scope="row" className="sticky left-0 z-10 max-w-36 bg-canvas px-1 text-left text-sm font-normal text-ink sm:max-w-56 sm:min-w-44">
                    <span className="flex items-center gap-2">
                      <Avatar person={people.find(({ id }) => id === user.id)} size="md" />
                      <span className="min-w-0">
                        <span className="block truncate">{nameOf(user)}</span>
                        {undated > 0 && <span className="block truncate text-2xs text-ink-faint">{hours(undated)} without a date</span>}
                      </span>
                    </span>
                  </th>
                  {own.map((week, column) => (
                    <td key={week.week}>
                      <WorkloadCell
                        week={week}
                        measure={measure}
                        name={`${nameOf(user)}, week of ${shortDate(mondayOf(week.week))}`}
                        isOpen={opened?.personId === user.id && opened.week === week.week}
                        isActive={active.row === row && active.column === column}
                        onOpen={() => {
                          setActive({ row, column })
                          setOpened(opened?.personId === user.id && opened.week === week.week ? null : { personId: user.id, week: week.week })
                        }}
                      />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
      {opened && openedPerson && (
        <div className="max-h-[55%] shrink-0 overflow-y-auto scroll-thin">
          <PersonDaysPanel person={openedPerson.user} week={opened.week} measure={measure} projectId={projectId} onOpen={onOpen} onClose={close} />
        </div>
      )}
    </div>
  )
}

export function WorkloadSkeleton() {
  return (
    <div role="status" aria-label="Loading the workload" className="space-y-2 px-4 sm:px-6">
      {Array.from({ length: 6 }, (_, row) => (
        <Skeleton key={row} className="h-14 w-full" />
      ))}
    </div>
  )
}

function nameOf({ first_name, last_name }: { first_name: string; last_name: string }): string {
  return `${first_name} ${last_name}`.trim()
}

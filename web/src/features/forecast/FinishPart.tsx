import type { Forecast } from "@/lib/api/types"
import { shortDate } from "@/lib/dates"
import { EmptyState, ErrorNotice } from "@/ui/states"
import { useGetForecastQuery } from "./api"
import { ChanceOfDate } from "./ChanceOfDate"
import { FanChart } from "./FanChart"
import { FinishChart } from "./FinishChart"
import { PartSkeleton, type PartProps } from "./ForecastView"
import { Missing } from "./Missing"
import { PastPromises } from "./PastPromises"
import { Section } from "./Section"
import { TaskLink } from "./TaskLink"
import { count, nameOf, outOf, percent } from "./words"

const LEVELS = [
  { level: 0.5, of: "p50", name: "As likely as not" },
  { level: 0.8, of: "p80", name: "Likely" },
  { level: 0.95, of: "p95", name: "Nearly certain" },
] as const

/** When the project will be done, how surely, and what that hangs on. */
export function FinishPart({ projectId, people, onOpen, links }: PartProps) {
  const { currentData: forecast, error, refetch } = useGetForecastQuery({ projectId }, { refetchOnMountOrArgChange: true })

  if (error && !forecast) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!forecast) return <PartSkeleton />
  if (forecast.learnt.open === 0) {
    return <EmptyState icon="check" title="Nothing is open" text="When this project has open tasks, it says here by when they will be done." />
  }
  if (!forecast.method) {
    return (
      <>
        <Missing title="Too little is known for a forecast" missing={forecast.missing} links={links} />
        <PastPromises projectId={projectId} />
      </>
    )
  }
  return (
    <>
      <dl aria-label="When it will be finished" className="grid gap-3 sm:grid-cols-3">
        {LEVELS.map(({ level, of, name }) => (
          <div key={of} className="rounded-xl border border-line bg-raised p-4 shadow-card">
            <dt className="text-xs text-ink-muted">
              {name} <span className="text-ink-faint">· P{level * 100}</span>
            </dt>
            <dd className="mt-1 text-lg font-semibold text-ink">{shortDate(forecast[of] ?? "")}</dd>
            <dd className="mt-0.5 text-xs text-ink-muted">
              {outOf(level)} simulated futures end by {shortDate(forecast[of] ?? "")}
            </dd>
          </div>
        ))}
      </dl>
      <p className="text-xs text-ink-muted">{basisOf(forecast)}</p>
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <FanChart fan={forecast.fan} />
        <FinishChart forecast={forecast} />
      </div>
      <div className="grid items-start gap-4 md:grid-cols-2">
        <ChanceOfDate projectId={projectId} start={forecast.p80 ?? ""} />
        <PastPromises projectId={projectId} />
      </div>
      {(forecast.drivers.length > 0 || forecast.busy.length > 0) && (
        <Section title="What the finish hangs on" text="How often each decided the finish, of all simulated futures.">
          <div className="grid gap-4 md:grid-cols-2">
            <Shares
              title="Tasks"
              none="No single task decides it."
              items={forecast.drivers.map(({ task_id, key, title, share }) => ({
                id: task_id,
                share,
                label: <TaskLink id={task_id} text={`${key} ${title}`} onOpen={onOpen} />,
              }))}
            />
            <Shares title="People who are busy" none="Nobody's being busy decides it." items={forecast.busy.map(({ user_id, share }) => ({ id: user_id, share, label: nameOf(people, user_id) }))} />
          </div>
        </Section>
      )}
    </>
  )
}

function Shares({ title, none, items }: { title: string; none: string; items: { id: string; share: number; label: React.ReactNode }[] }) {
  return (
    <div className="min-w-0">
      <h3 className="mb-1.5 text-xs font-medium text-ink-muted">{title}</h3>
      {items.length === 0 && <p className="text-sm text-ink-muted">{none}</p>}
      <ol aria-label={title} className="space-y-2">
        {items.map(({ id, share, label }) => (
          <li key={id} className="text-sm">
            <span className="flex items-baseline gap-2">
              <span className="min-w-0 flex-1 wrap-anywhere text-ink">{label}</span>
              <span className="text-xs text-ink-muted tabular-nums">{percent(share)}</span>
            </span>
            <span aria-hidden="true" className="mt-1 block h-1 rounded-full bg-line">
              <span className="block h-1 rounded-full bg-accent" style={{ width: percentOfBar(share) }} />
            </span>
          </li>
        ))}
      </ol>
    </div>
  )
}

function percentOfBar(share: number): string {
  return `${Math.max(1, Math.round(share * 100))}%`
}

function basisOf({ method, runs, learnt }: Forecast): string {
  const from = `${count(learnt.finished, "task")} that this workspace finished (${learnt.finished_here} here)`
  return method === "network"
    ? `${count(runs, "run")} of the plan with its dependencies, calendars and people; durations as in ${from}. ${count(learnt.open, "task")} open, ${learnt.unestimated} without an estimate.`
    : `${count(runs, "run")} of how many tasks were done week by week; ${count(learnt.open, "task")} open. With estimates and dependencies it can say what the finish hangs on.`
}

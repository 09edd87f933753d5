import { Suspense } from "react"
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts"
import type { Bottleneck, User } from "@/lib/api/types"
import { ChartFrame } from "@/ui/charts/ChartFrame"
import { AXIS, GRID, SERIES, TOOLTIP } from "@/ui/charts/look"
import { Badge } from "@/ui/Badge"
import { EmptyState, ErrorNotice, Skeleton } from "@/ui/states"
import { useGetBottlenecksQuery } from "./api"
import { PartSkeleton, type PartProps } from "./ForecastView"
import { Missing } from "./Missing"
import { Section } from "./Section"
import { TaskLink } from "./TaskLink"
import { bottleneckName, days, whyBottleneck } from "./words"

const KINDS = { person: "Person", task: "Task", state: "State", reviewer: "Review" } as const

/** What delays the finish, and by how much: each was taken away, and the project run again. */
export function BottlenecksPart({ projectId, people, onOpen, links, workload }: PartProps) {
  const { currentData, error, refetch } = useGetBottlenecksQuery(projectId, { refetchOnMountOrArgChange: true })
  return (
    <>
      {error && !currentData && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!currentData && !error && <PartSkeleton label="Looking for bottlenecks" />}
      {currentData && currentData.missing.length > 0 && <Missing title="Too little is known to find bottlenecks" missing={currentData.missing} links={links} />}
      {currentData?.missing.length === 0 && currentData.items.length === 0 && (
        <EmptyState icon="check" title="Nothing holds it up" text="No person, task, state or review by itself delays the finish." />
      )}
      {currentData && currentData.items.length > 0 && (
        <>
          <DelayChart items={currentData.items} people={people} />
          <Section title="What holds it up" text="Delay is how much earlier the project would be done without it, as likely as not.">
            <ol aria-label="Bottlenecks" className="divide-y divide-line">
              {currentData.items.map((item) => (
                <li key={`${item.kind} ${item.user_id ?? item.task_id ?? item.state ?? ""}`} className="flex items-baseline gap-3 py-2 text-sm">
                  <span className="w-14 shrink-0">
                    <Badge>{KINDS[item.kind]}</Badge>
                  </span>
                  <span className="min-w-0 flex-1 text-ink">
                    {item.task_id ? <TaskLink id={item.task_id} text={bottleneckName(item, people)} onOpen={onOpen} /> : bottleneckName(item, people)}
                    <span className="block text-xs text-ink-muted">{whyBottleneck(item)}</span>
                  </span>
                  <span className="shrink-0 font-medium text-ink tabular-nums">{days(item.delay_days)}</span>
                </li>
              ))}
            </ol>
          </Section>
        </>
      )}
      <Section title="Who has too much, week by week" text="Open work against what each can do. Arrow keys go from week to week, Enter opens one.">
        <div className="-mx-4 h-104">
          <Suspense fallback={<Skeleton className="mx-4 h-40" />}>{workload}</Suspense>
        </div>
      </Section>
    </>
  )
}

function DelayChart({ items, people }: { items: Bottleneck[]; people: User[] }) {
  const rows = items.map((item) => ({ ...item, label: bottleneckName(item, people), delay: Math.round(item.delay_days * 10) / 10 }))
  const [worst] = rows
  const height = rows.length * 30 + 40
  return (
    <ChartFrame
      title="Delay by what causes it"
      summary={worst ? `${worst.label} delays the finish most: ${days(worst.delay_days)}. Delays do not add up: what goes away may leave the next in the way.` : ""}
      rows={rows}
      columns={[
        { label: "What", of: ({ label }) => label },
        { label: "Kind", of: ({ kind }) => KINDS[kind] },
        { label: "Delay, days", of: ({ delay }) => delay, isNumber: true },
        { label: "Open tasks", of: ({ waiting }) => waiting, isNumber: true },
      ]}
      height={height}
    >
      <ResponsiveContainer initialDimension={{ width: 320, height }}>
        <BarChart data={rows} layout="vertical" margin={{ top: 0, right: 24, bottom: 0, left: 0 }}>
          <CartesianGrid {...GRID} vertical horizontal={false} />
          <XAxis type="number" unit=" d" {...AXIS} />
          <YAxis type="category" dataKey="label" width={140} tickFormatter={short} interval={0} {...AXIS} />
          <Tooltip {...TOOLTIP} formatter={(value) => [days(Number(value)), "delay"]} />
          <Bar dataKey="delay" fill={SERIES[0]} radius={[0, 4, 4, 0]} maxBarSize={18} isAnimationActive={false} />
        </BarChart>
      </ResponsiveContainer>
    </ChartFrame>
  )
}

function short(label: string): string {
  return label.length > 20 ? `${label.slice(0, 19)}…` : label
}

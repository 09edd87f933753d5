import { lazy, Suspense, type ReactNode } from "react"
import { Link, useSearchParams } from "react-router"
import type { User } from "@/lib/api/types"
import { Skeleton } from "@/ui/states"

export interface PartProps {
  projectId: string
  people: User[]
  onOpen: (taskId: string) => void
  links: { list: string; imports: string }
  /** Who has how much to do, week by week. */
  workload: ReactNode
}

const PARTS = [
  { name: "finish", label: "Finish", Part: lazy(async () => ({ default: (await import("./FinishPart")).FinishPart })) },
  { name: "bottlenecks", label: "Bottlenecks", Part: lazy(async () => ({ default: (await import("./BottlenecksPart")).BottlenecksPart })) },
  { name: "priorities", label: "Priorities", Part: lazy(async () => ({ default: (await import("./PrioritiesPart")).PrioritiesPart })) },
  { name: "schedule", label: "Auto-schedule", Part: lazy(async () => ({ default: (await import("./SchedulePart")).SchedulePart })) },
  { name: "scenarios", label: "Scenarios", Part: lazy(async () => ({ default: (await import("./ScenariosPart")).ScenariosPart })) },
] as const

/** What is to come of a project: when it ends, what holds it up, and what could be done about it. */
export function ForecastView(props: PartProps) {
  const [params] = useSearchParams()
  const current = PARTS.find(({ name }) => name === params.get("part")) ?? PARTS[0]
  const addressOf = (name: string) => {
    const wanted = new URLSearchParams(params)
    wanted.set("part", name)
    return { search: `?${wanted.toString()}` }
  }

  return (
    <div className="flex h-full flex-col">
      <nav aria-label="Parts of the forecast" className="shrink-0 overflow-x-auto px-4 py-2.5 [scrollbar-width:none] sm:px-6">
        <ul className="flex w-max gap-0.5 rounded-md border border-line-strong bg-raised p-0.5">
          {PARTS.map(({ name, label }) => (
            <li key={name}>
              <Link
                to={addressOf(name)}
                aria-current={name === current.name ? "page" : undefined}
                className="flex h-6 items-center rounded px-2 text-xs font-medium whitespace-nowrap text-ink-muted hover:text-ink aria-[current]:bg-accent-soft aria-[current]:text-accent-ink pointer-coarse:h-9"
              >
                {label}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div key={current.name} className="relative min-h-0 flex-1 overflow-y-auto px-4 pb-10 scroll-thin sm:px-6">
        <Suspense fallback={<PartSkeleton />}>
          <div className="mx-auto flex max-w-5xl flex-col gap-4">
            <current.Part {...props} />
          </div>
        </Suspense>
      </div>
    </div>
  )
}

export function PartSkeleton({ label = "Loading the forecast" }: { label?: string }) {
  return (
    <div role="status" aria-label={label} className="mx-auto w-full max-w-5xl space-y-4">
      <Skeleton className="h-24 w-full" />
      <Skeleton className="h-64 w-full" />
      <Skeleton className="h-32 w-full" />
    </div>
  )
}

export function ForecastSkeleton() {
  return (
    <div className="px-4 pt-2.5 sm:px-6">
      <PartSkeleton />
    </div>
  )
}

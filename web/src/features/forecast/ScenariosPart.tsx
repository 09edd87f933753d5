import { useState } from "react"
import type { Scenario } from "@/lib/api/types"
import { selectCanWrite } from "@/lib/session"
import { useAppSelector } from "@/lib/store"
import { selectTasksOf } from "@/lib/sync/select"
import { Badge } from "@/ui/Badge"
import { Button } from "@/ui/Button"
import { EmptyState, ErrorNotice } from "@/ui/states"
import { useGetScenariosQuery } from "./api"
import { PartSkeleton, type PartProps } from "./ForecastView"
import { ScenarioDetails } from "./ScenarioDetails"
import { ScenarioEditor } from "./ScenarioEditor"
import { changesOf, count, openFirst } from "./words"

const MOST = 20

/** Forks of the plan: other people, scope or dates, compared with the plan of now. */
export function ScenariosPart({ projectId, people }: PartProps) {
  const { currentData: scenarios, error, refetch } = useGetScenariosQuery(projectId, { refetchOnMountOrArgChange: true })
  const canWrite = useAppSelector(selectCanWrite)
  const tasks = useAppSelector((state) => selectTasksOf(state, projectId))
  const [openId, setOpenId] = useState<string | null>(null)
  const [edited, setEdited] = useState<Scenario | "new" | null>(null)
  const keyOf = (id: string) => {
    const task = tasks.find((one) => one.id === id)
    return task ? `${task.key} ${task.title}` : "A task that is gone"
  }

  if (error && !scenarios) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!scenarios) return <PartSkeleton label="Loading the scenarios" />
  const shown = openFirst(scenarios)
  const open = shown.find(({ id }) => id === openId) ?? shown[0]
  const fork = canWrite && (
    <Button variant="primary" icon="plus" disabled={scenarios.length >= MOST} onClick={() => setEdited("new")}>
      New scenario
    </Button>
  )

  return (
    <>
      {!open && (
        <EmptyState icon="forecast" title="What if?" text="A scenario is a fork of the plan: somebody away, a task left out, another date. It is compared with the plan of now, and becomes the plan only when you merge it.">
          {fork}
        </EmptyState>
      )}
      {open && (
        <>
          <div className="flex flex-wrap items-center gap-2">
            <p className="min-w-0 flex-1 text-xs text-ink-muted">
              {count(scenarios.length, "scenario")}
              {scenarios.length >= MOST && "; drop one to make another"}
            </p>
            {fork}
          </div>
          <ul aria-label="Scenarios" className="grid grid-cols-1 gap-2 sm:grid-cols-2 lg:grid-cols-3">
            {shown.map((scenario) => (
              <li key={scenario.id} className="min-w-0">
                <button
                  type="button"
                  aria-pressed={scenario.id === open.id}
                  onClick={() => setOpenId(scenario.id)}
                  className="block h-full w-full rounded-xl border border-line bg-raised p-3 text-left shadow-card transition-colors duration-100 hover:border-line-strong aria-pressed:border-accent"
                >
                  <span className="flex items-center gap-2 text-sm font-medium text-ink">
                    <span className="min-w-0 flex-1 truncate">{scenario.name}</span>
                    {scenario.merged_at && <Badge tone="success">Merged</Badge>}
                  </span>
                  <span className="mt-0.5 block truncate text-xs text-ink-muted">{changesOf(scenario.changes, keyOf, people).join("; ") || "No changes yet"}</span>
                </button>
              </li>
            ))}
          </ul>
          <ScenarioDetails key={open.id} scenario={open} changes={changesOf(open.changes, keyOf, people)} people={people} onEdit={() => setEdited(open)} />
        </>
      )}
      {edited && (
        <ScenarioEditor
          projectId={projectId}
          scenario={edited === "new" ? null : edited}
          tasks={tasks}
          people={people}
          onSaved={({ id }) => setOpenId(id)}
          onClose={() => setEdited(null)}
        />
      )}
    </>
  )
}

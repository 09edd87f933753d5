import { useState } from "react"
import type { PrioritySuggestion } from "@/lib/api/types"
import { problemMessage } from "@/lib/api/problem"
import { selectCanWrite } from "@/lib/session"
import { useAppDispatch, useAppSelector } from "@/lib/store"
import { selectTasksOf } from "@/lib/sync/select"
import { showToast } from "@/lib/toasts"
import { Button } from "@/ui/Button"
import { Dialog } from "@/ui/Dialog"
import { PriorityIcon } from "@/ui/PriorityIcon"
import { EmptyState, ErrorNotice } from "@/ui/states"
import { useGetPrioritiesQuery, usePrioritiseMutation } from "./api"
import { PartSkeleton, type PartProps } from "./ForecastView"
import { Missing } from "./Missing"
import { Section } from "./Section"
import { TaskLink } from "./TaskLink"
import { useUndoToast } from "./useUndoToast"
import { count, whyPriority } from "./words"

const NAMES = { low: "Low", medium: "Medium", high: "High", urgent: "Urgent" } as const

/** What to do first and why; what one agrees with becomes the tasks' priorities. */
export function PrioritiesPart({ projectId, onOpen, links }: PartProps) {
  const { currentData, error, refetch } = useGetPrioritiesQuery(projectId, { refetchOnMountOrArgChange: true })
  const canWrite = useAppSelector(selectCanWrite)
  const tasks = useAppSelector((state) => selectTasksOf(state, projectId))
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const [isPreviewing, setPreviewing] = useState(false)
  const dispatch = useAppDispatch()
  const undoToast = useUndoToast()
  const [prioritise, { isLoading }] = usePrioritiseMutation()

  if (error && !currentData) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!currentData) return <PartSkeleton label="Weighing the tasks" />
  if (currentData.missing.length > 0) return <Missing title="Too little is known to rank tasks" missing={currentData.missing} links={links} />
  if (currentData.items.length === 0) return <EmptyState icon="check" title="Nothing is open" text="When this project has open tasks, it says here which to do first, and why." />

  const changes = currentData.items.filter(({ is_change }) => is_change)
  const chosen = changes.filter(({ task_id }) => !left.has(task_id))
  const now = (item: PrioritySuggestion) => tasks.find(({ id }) => id === item.task_id)?.priority
  const toggle = (id: string) => {
    const wanted = new Set(left)
    if (!wanted.delete(id)) wanted.add(id)
    setLeft(wanted)
  }
  const apply = async () => {
    const { data, error: refusal } = await prioritise({ tasks: chosen.map(({ task_id, priority, version }) => ({ task_id, priority, version })) })
    setPreviewing(false)
    if (!data) {
      dispatch(showToast(problemMessage(refusal), { tone: "danger" }))
      void refetch()
      return
    }
    setLeft(new Set())
    await undoToast(`Changed the priority of ${count(data.tasks.length, "task")}`, data.tasks.map(({ id }) => id))
  }

  return (
    <>
      <Section
        title="What to do first"
        text="By cost of delay for each day of work. Priorities that would change are chosen; leave out those that you do not agree with."
        action={
          canWrite &&
          changes.length > 0 && (
            <div className="flex gap-2">
              <Button size="sm" variant="ghost" onClick={() => setLeft(chosen.length === changes.length ? new Set(changes.map(({ task_id }) => task_id)) : new Set())}>
                {chosen.length === changes.length ? "Choose none" : "Choose all"}
              </Button>
              <Button size="sm" variant="primary" disabled={chosen.length === 0} onClick={() => setPreviewing(true)}>
                Preview {count(chosen.length, "change")}
              </Button>
            </div>
          )
        }
      >
        {changes.length === 0 && <p className="mb-2 text-sm text-ink-muted">Every task has the priority that would be suggested.</p>}
        <ol aria-label="Suggestions" className="divide-y divide-line">
          {currentData.items.map((item) => (
            <li key={item.task_id} className="flex items-start gap-3 py-2 text-sm">
              <span className="flex w-5 shrink-0 justify-center pt-0.5">
                {item.is_change && canWrite && (
                  <input type="checkbox" aria-label={`Change ${item.key} to ${NAMES[item.priority]}`} checked={!left.has(item.task_id)} onChange={() => toggle(item.task_id)} className="size-4 cursor-pointer accent-accent" />
                )}
              </span>
              <span className="w-6 shrink-0 text-right text-ink-faint tabular-nums">{item.rank}</span>
              <span className="min-w-0 flex-1">
                <TaskLink id={item.task_id} text={`${item.key} ${item.title}`} onOpen={onOpen} />
                <span className="block text-xs text-ink-muted">{item.reasons.map(whyPriority).join(" · ")}</span>
              </span>
              <Change from={item.is_change ? now(item) : undefined} to={item.priority} />
            </li>
          ))}
        </ol>
      </Section>
      <Dialog open={isPreviewing} onClose={() => setPreviewing(false)} title={`Change ${count(chosen.length, "priority", "priorities")}?`}>
        <ul aria-label="What changes" className="max-h-80 divide-y divide-line overflow-y-auto scroll-thin">
          {chosen.map((item) => (
            <li key={item.task_id} className="flex items-center gap-3 py-1.5 text-sm">
              <span className="min-w-0 flex-1 truncate text-ink">
                {item.key} {item.title}
              </span>
              <Change from={now(item)} to={item.priority} />
            </li>
          ))}
        </ul>
        <p className="mt-3 text-xs text-ink-muted">It is one change: one undo takes all of it back.</p>
        <div className="mt-4 flex justify-end gap-2">
          <Button variant="ghost" onClick={() => setPreviewing(false)}>
            Cancel
          </Button>
          <Button variant="primary" data-autofocus busy={isLoading} onClick={() => void apply()}>
            Apply
          </Button>
        </div>
      </Dialog>
    </>
  )
}

function Change({ from, to }: { from: keyof typeof NAMES | undefined; to: keyof typeof NAMES }) {
  return (
    <span className="flex shrink-0 items-center gap-1 text-xs text-ink-muted">
      {from && (
        <>
          <span className="max-sm:sr-only">{NAMES[from]}</span>
          <span aria-hidden="true">→</span>
          <span className="sr-only">to</span>
        </>
      )}
      <PriorityIcon priority={to} />
      <span className={from ? "font-medium text-ink" : ""}>{NAMES[to]}</span>
    </span>
  )
}

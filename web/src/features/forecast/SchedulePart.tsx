import { useState } from "react"
import type { OptimiseWishes } from "@/lib/api/types"
import { problemMessage } from "@/lib/api/problem"
import { selectCanWrite } from "@/lib/session"
import { useAppDispatch, useAppSelector } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { Button } from "@/ui/Button"
import { RadioList } from "@/ui/RadioList"
import { ErrorNotice, Skeleton } from "@/ui/states"
import { Switch } from "@/ui/Switch"
import { useOptimiseMutation, usePreviewOptimiseMutation } from "./api"
import type { PartProps } from "./ForecastView"
import { ScheduleDiff } from "./ScheduleDiff"
import { Section } from "./Section"
import { useUndoToast } from "./useUndoToast"
import { count } from "./words"

const OBJECTIVES = {
  balanced: { finish: 1, lateness: 1, stability: 0 },
  finish: { finish: 1, lateness: 0, stability: 0 },
  lateness: { finish: 0.1, lateness: 10, stability: 0 },
  stability: { finish: 1, lateness: 1, stability: 2 },
} as const
type Objective = keyof typeof OBJECTIVES

const CHOICES: { value: Objective; label: string; hint: string }[] = [
  { value: "balanced", label: "Balanced", hint: "An early finish and kept dates count the same." },
  { value: "finish", label: "Finish early", hint: "The project ends as soon as it can; single tasks may be late." },
  { value: "lateness", label: "Keep due dates", hint: "As little lateness as there can be, urgent tasks first." },
  { value: "stability", label: "Move little", hint: "Stay near the present plan, and mend what does not work in it." },
]

/** A plan that heeds everybody's time: looked at first, then made the project's as one change. */
export function SchedulePart({ projectId, people, onOpen }: PartProps) {
  const canWrite = useAppSelector(selectCanWrite)
  const dispatch = useAppDispatch()
  const undoToast = useUndoToast()
  const [objective, setObjective] = useState<Objective>("balanced")
  const [assign, setAssign] = useState(false)
  const [keepStarts, setKeepStarts] = useState(true)
  const wishes: OptimiseWishes = { ...OBJECTIVES[objective], assign, keep_starts: keepStarts, exact: true }
  const [ask, { data: found, error, isLoading, reset }] = usePreviewOptimiseMutation()
  const [optimise, { isLoading: isApplying }] = useOptimiseMutation()
  const preview = () => void ask({ projectId, wishes })
  // What is shown is what would be applied: another wish is another plan.
  const change = (how: () => void) => {
    how()
    reset()
  }

  const apply = async () => {
    if (!found) return
    const { data, error: refusal } = await optimise({ projectId, wishes, token: found.token })
    if (!data) {
      dispatch(showToast(problemMessage(refusal), { tone: "danger" }))
      preview()
      return
    }
    reset()
    const changed = data.tasks.filter(({ moves, is_assigned }) => moves || is_assigned)
    await undoToast(`Scheduled ${count(changed.length, "task")}`, changed.map(({ task_id }) => task_id))
  }

  return (
    <>
      <Section title="A plan that heeds everybody's time" text="People do one task at a time, in their own working hours. What has begun or is pinned stays. Nothing is written until you apply it.">
        <div className="grid gap-4 md:grid-cols-2">
          <RadioList label="What matters most" value={objective} onChange={(value) => change(() => setObjective(value))} choices={CHOICES} />
          <div className="space-y-4">
            <Switch label="Give out tasks of nobody" text="Each goes to whoever of the project is done with it first." checked={assign} onChange={(on) => change(() => setAssign(on))} />
            <Switch
              label="Plan anew"
              text="Let go of “start no earlier than” dates, those set by hand too."
              checked={!keepStarts}
              onChange={(on) => change(() => setKeepStarts(!on))}
            />
            <Button variant={found ? "secondary" : "primary"} busy={isLoading} onClick={preview}>
              {found ? "Preview again" : "Preview a plan"}
            </Button>
          </div>
        </div>
      </Section>
      {error && <ErrorNotice error={error} onRetry={preview} />}
      {isLoading && (
        <div role="status" aria-label="Looking for a better plan">
          <Skeleton className="h-64 w-full" />
        </div>
      )}
      {found && (
        <ScheduleDiff found={found} people={people} onOpen={onOpen}>
          {canWrite && (
            <Button size="sm" variant="primary" busy={isApplying} disabled={!found.tasks.some(({ moves, is_assigned }) => moves || is_assigned)} onClick={() => void apply()}>
              Apply this plan
            </Button>
          )}
        </ScheduleDiff>
      )}
    </>
  )
}

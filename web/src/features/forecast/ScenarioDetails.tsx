import { useState } from "react"
import type { Scenario, User } from "@/lib/api/types"
import { problemMessage } from "@/lib/api/problem"
import { shortDate } from "@/lib/dates"
import { selectCanWrite } from "@/lib/session"
import { useAppDispatch, useAppSelector } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { Button } from "@/ui/Button"
import { ConfirmDialog } from "@/ui/ConfirmDialog"
import { Dialog } from "@/ui/Dialog"
import { ErrorNotice, Skeleton } from "@/ui/states"
import { useChangeScenarioMutation, useDropScenarioMutation, useGetComparisonQuery, useMergeScenarioMutation } from "./api"
import { Comparison } from "./Comparison"
import { Section } from "./Section"
import { useUndoToast } from "./useUndoToast"
import { nameOf } from "./words"

interface ScenarioDetailsProps {
  scenario: Scenario
  /** What it changes, in words. */
  changes: readonly string[]
  people: User[]
  onEdit: () => void
}

/** What a scenario changes and comes to; it is merged or dropped from here. */
export function ScenarioDetails({ scenario, changes, people, onEdit }: ScenarioDetailsProps) {
  const canWrite = useAppSelector(selectCanWrite)
  const dispatch = useAppDispatch()
  const undoToast = useUndoToast()
  const isMerged = scenario.merged_at !== null
  const { currentData: compared, error, refetch } = useGetComparisonQuery(scenario.id, { skip: isMerged, refetchOnMountOrArgChange: true })
  const [asks, setAsks] = useState<"merge" | "drop" | null>(null)
  const [merge, { isLoading: isMerging }] = useMergeScenarioMutation()
  const [drop] = useDropScenarioMutation()
  const [save, { isLoading: isSaving }] = useChangeScenarioMutation()
  const refused = (problem: unknown) => dispatch(showToast(problemMessage(problem), { tone: "danger" }))

  const onMerge = async () => {
    const { data, error: refusal } = await merge(scenario.id)
    setAsks(null)
    if (!data) {
      refused(refusal)
      return
    }
    const assumed = data.assumed.map((id) => nameOf(people, id)).join(", ")
    await undoToast(`Merged ${scenario.name}${assumed ? `. The time of ${assumed} was an assumption and is not written` : ""}`, [scenario.id])
  }
  const onDrop = async () => {
    const answer = await drop(scenario.id)
    if (answer.error) refused(answer.error)
    else await undoToast(`Dropped ${scenario.name}`, [scenario.id])
  }
  const onConsent = async () => {
    const { id, version, name, changes: kept } = scenario
    const answer = await save({ id, version, name, changes: kept })
    if (answer.error) refused(answer.error)
  }

  return (
    <>
      <Section
        title={scenario.name}
        text={scenario.merged_at ? `Merged ${shortDate(scenario.merged_at)}.` : "What it changes:"}
        action={
          canWrite && (
            <div className="flex flex-wrap gap-2">
              {!isMerged && (
                <Button size="sm" icon="edit" onClick={onEdit}>
                  Edit
                </Button>
              )}
              <Button size="sm" icon="trash" onClick={() => setAsks("drop")}>
                Drop
              </Button>
              {!isMerged && (
                <Button size="sm" variant="primary" disabled={!compared || compared.is_outdated || changes.length === 0} onClick={() => setAsks("merge")}>
                  Merge…
                </Button>
              )}
            </div>
          )
        }
      >
        <Changes changes={changes} />
        {compared?.is_outdated && (
          <div role="status" className="mt-3 flex flex-wrap items-center gap-2 rounded-lg bg-warning-soft px-3 py-2 text-sm text-warning-ink">
            <p className="min-w-0 flex-1 basis-52">Tasks that it names were changed since it was saved. Look whether it still means what it should.</p>
            {canWrite && (
              <Button size="sm" busy={isSaving} onClick={() => void onConsent()}>
                It does
              </Button>
            )}
          </div>
        )}
      </Section>
      {error && !compared && !isMerged && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!compared && !error && !isMerged && (
        <div role="status" aria-label="Comparing the plans">
          <Skeleton className="h-72 w-full" />
        </div>
      )}
      {compared && !isMerged && <Comparison compared={compared} name={scenario.name} />}
      <Dialog open={asks === "merge"} onClose={() => setAsks(null)} title={`Make “${scenario.name}” the plan?`}>
        <Changes changes={changes} />
        <p className="mt-3 text-xs text-ink-muted">
          Tasks and dates are written as one change, which can be undone. Absences and shares of time stay assumptions: enter them where people's calendars are.
        </p>
        <div className="mt-4 flex justify-end gap-2">
          <Button variant="ghost" onClick={() => setAsks(null)}>
            Cancel
          </Button>
          <Button variant="primary" data-autofocus busy={isMerging} onClick={() => void onMerge()}>
            Merge
          </Button>
        </div>
      </Dialog>
      <ConfirmDialog
        open={asks === "drop"}
        title={`Drop “${scenario.name}”?`}
        text="The plan of now stays as it is. You can undo this."
        confirmLabel="Drop"
        onConfirm={() => void onDrop()}
        onClose={() => setAsks(null)}
      />
    </>
  )
}

function Changes({ changes }: { changes: readonly string[] }) {
  if (changes.length === 0) return <p className="text-sm text-ink-muted">Nothing yet: it is the plan of now.</p>
  return (
    <ul aria-label="What it changes" className="max-h-60 list-disc space-y-1 overflow-y-auto pl-5 text-sm text-ink scroll-thin">
      {changes.map((each) => (
        <li key={each}>{each}</li>
      ))}
    </ul>
  )
}

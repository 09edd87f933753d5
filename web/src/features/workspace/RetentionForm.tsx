import { useState, type SubmitEvent } from "react"
import { fieldProblem, isProblem } from "@/lib/api/problem"
import type { WorkspaceSettings } from "@/lib/api/types"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { useEdited } from "@/lib/useEdited"
import { Button } from "@/ui/Button"
import { ConfirmDialog } from "@/ui/ConfirmDialog"
import { Field } from "@/ui/Field"
import { SelectField } from "@/ui/SelectField"
import { ErrorNotice } from "@/ui/states"
import { useUpdateWorkspaceMutation } from "./api"

interface RetentionFormProps {
  workspace: WorkspaceSettings
  mayChange: boolean
}

const LEAST_DAYS = 30
const A_YEAR = "365"

function toForm(kept: number | null) {
  return { forever: kept === null, days: kept === null ? A_YEAR : String(kept) }
}

/** How long events are kept. To keep them shorter deletes some, and so asks first. */
export function RetentionForm({ workspace, mayChange }: RetentionFormProps) {
  const dispatch = useAppDispatch()
  const kept = workspace.audit_retention_days
  const [{ forever, days }, set] = useEdited(kept, toForm)
  const [asking, setAsking] = useState(false)
  const [update, { isLoading, error }] = useUpdateWorkspaceMutation()
  const wanted = forever ? null : Number(days)

  const save = async () => {
    const { data } = await update({ audit_retention_days: wanted, version: workspace.version })
    if (data) dispatch(showToast(wanted === null ? "Events are kept for ever" : `Events are kept for ${wanted} days`))
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const isShorter = wanted !== null && (kept === null || wanted < kept)
    if (isShorter) setAsking(true)
    else void save()
  }

  if (!mayChange) return <p className="text-sm text-ink">{kept === null ? "Events are kept for ever." : `Events are kept for ${kept} days.`}</p>
  return (
    <form onSubmit={submit} className="space-y-4">
      {error && !(isProblem(error) && error.errors.length > 0) && <ErrorNotice error={error} />}
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField
          label="Keep events"
          value={forever}
          onChange={(value) => set({ forever: value, days })}
          choices={[
            { value: true, label: "For ever" },
            { value: false, label: "For some days" },
          ]}
          error={forever ? fieldProblem(error, "audit_retention_days") : undefined}
        />
        {!forever && (
          <Field
            label="Days"
            type="number"
            inputMode="numeric"
            min={LEAST_DAYS}
            max={36_500}
            step={1}
            required
            value={days}
            onChange={(event) => set({ forever, days: event.target.value })}
            hint={`At least ${LEAST_DAYS}.`}
            error={fieldProblem(error, "audit_retention_days")}
          />
        )}
      </div>
      <div className="flex justify-end border-t border-line pt-4">
        <Button type="submit" variant="primary" busy={isLoading} disabled={wanted === kept}>
          Save retention
        </Button>
      </div>
      <ConfirmDialog
        open={asking}
        title={`Delete events after ${days} days?`}
        text={`What happened more than ${days} days ago is deleted for good, from the audit log and from the activity of tasks: for everybody. Export it first if you may need it.`}
        confirmLabel={`Keep ${days} days`}
        onConfirm={() => void save()}
        onClose={() => setAsking(false)}
      />
    </form>
  )
}

import { useState, type SubmitEvent } from "react"
import { problemMessage } from "@/lib/api/problem"
import { shortDate } from "@/lib/dates"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { Button } from "@/ui/Button"
import { Dialog } from "@/ui/Dialog"
import { Field } from "@/ui/Field"
import { Icon } from "@/ui/icons"
import { Select } from "@/ui/Select"
import { useGetBaselinesQuery, useSaveBaselineMutation } from "./api"

interface BaselineControlsProps {
  projectId: string
  chosen: string | null
  onChoose: (id: string | null) => void
  canWrite: boolean
}

/** With which plan of before the bars are compared, and keeping the plan of now. */
export function BaselineControls({ projectId, chosen, onChoose, canWrite }: BaselineControlsProps) {
  const { data: baselines = [] } = useGetBaselinesQuery(projectId)
  const [saving, setSaving] = useState(false)
  const name = baselines.find(({ id }) => id === chosen)?.name
  return (
    <>
      {baselines.length > 0 && (
        <Select
          label="Compare with"
          look={name ? "active" : "chip"}
          value={name ? chosen : null}
          choices={[
            { value: null, label: "No baseline" },
            ...baselines.map((one) => ({ value: one.id, label: one.name, hint: `Saved ${shortDate(one.created_at)}` })),
          ]}
          onChange={onChoose}
        >
          <Icon name="copy" className="size-3.5" />
          {name ?? "Baseline"}
        </Select>
      )}
      {canWrite && (
        <Button size="sm" onClick={() => setSaving(true)}>
          Save baseline
        </Button>
      )}
      <Dialog open={saving} onClose={() => setSaving(false)} title="Save a baseline" width="max-w-sm">
        <SaveForm projectId={projectId} onSaved={onChoose} onClose={() => setSaving(false)} />
      </Dialog>
    </>
  )
}

function SaveForm({ projectId, onSaved, onClose }: { projectId: string; onSaved: (id: string) => void; onClose: () => void }) {
  const dispatch = useAppDispatch()
  const [name, setName] = useState("")
  const [save, { isLoading, error }] = useSaveBaselineMutation()
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    if (!name.trim()) return
    const { data } = await save({ projectId, name: name.trim() })
    if (!data) return
    onSaved(data.id)
    onClose()
    dispatch(showToast(`Saved the plan as “${data.name}”`))
  }
  return (
    <form onSubmit={(event) => void submit(event)} className="space-y-4">
      <p className="text-sm text-ink-muted">Keeps the plan as it is now, to be compared with later.</p>
      <Field label="Name" value={name} maxLength={100} required data-autofocus error={error ? problemMessage(error) : undefined} onChange={(event) => setName(event.target.value)} />
      <div className="flex justify-end gap-2">
        <Button variant="ghost" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={isLoading}>
          Save baseline
        </Button>
      </div>
    </form>
  )
}

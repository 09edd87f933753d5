import { useState, type SubmitEvent } from "react"
import { timeAt, toDateInput } from "@/lib/dates"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { region } from "@/lib/region"
import { Button } from "@/ui/Button"
import { Field } from "@/ui/Field"
import { ErrorNotice } from "@/ui/states"
import { useAddTimeMutation } from "./api"
import { asWords, parseDuration } from "./durations"

const HOUR_MS = 3_600_000

/** Time that no timer measured. */
export function AddTimeForm({ taskId, onClose }: { taskId: string; onClose: () => void }) {
  const dispatch = useAppDispatch()
  const [add, { isLoading, error }] = useAddTimeMutation()
  const [form, setForm] = useState(() => ({ ...anHourAgo(), duration: "", note: "", billable: true }))
  const [refused, setRefused] = useState(false)
  const set = (change: Partial<typeof form>) => setForm({ ...form, ...change })
  const minutes = parseDuration(form.duration)

  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    setRefused(minutes === null)
    if (minutes === null) return
    const [hour = 0, minute = 0] = form.from.split(":").map(Number)
    const { data } = await add({
      taskId,
      entry: { started_at: timeAt(form.day, 0, hour, minute).toISOString(), minutes, note: form.note.trim() || null, is_billable: form.billable },
    })
    if (!data) return
    dispatch(showToast(`Added ${asWords(minutes)}`))
    onClose()
  }
  return (
    <form aria-label="Add time" onSubmit={(event) => void submit(event)} className="mb-3 space-y-3 rounded-lg border border-line bg-raised p-3">
      {error && <ErrorNotice error={error} />}
      <div className="grid gap-3 sm:grid-cols-[1fr_7rem_7rem]">
        <Field label="Day" type="date" required max={toDateInput(new Date().toISOString())} value={form.day} onChange={(event) => set({ day: event.target.value })} />
        <Field label="From" type="time" required value={form.from} onChange={(event) => set({ from: event.target.value })} />
        <Field
          ref={focusOnce}
          label="Duration"
          placeholder="1h 30m"
          required
          value={form.duration}
          onChange={(event) => set({ duration: event.target.value })}
          error={refused && minutes === null ? "Such as 1h 30m, 1:30 or 1.5" : undefined}
        />
      </div>
      <Field label="Note" value={form.note} maxLength={2000} onChange={(event) => set({ note: event.target.value })} />
      <div className="flex flex-wrap items-center gap-2">
        <label className="mr-auto flex items-center gap-2 text-sm text-ink">
          <input type="checkbox" checked={form.billable} onChange={(event) => set({ billable: event.target.checked })} className="size-4 accent-accent" />
          Billable
        </label>
        <Button variant="ghost" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={isLoading}>
          Save time
        </Button>
      </div>
    </form>
  )
}

/** Where the viewer is: what is written down has mostly just been done. */
function anHourAgo(): { day: string; from: string } {
  const at = new Date(Date.now() - HOUR_MS)
  const from = new Intl.DateTimeFormat("en-GB", { timeStyle: "short", timeZone: region().timeZone }).format(at)
  return { day: toDateInput(at.toISOString()), from }
}

function focusOnce(field: HTMLInputElement | null) {
  field?.focus()
}

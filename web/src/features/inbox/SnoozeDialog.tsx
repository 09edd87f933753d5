import { useState, type SubmitEvent } from "react"
import { toDateInput } from "@/lib/dates"
import { Button } from "@/ui/Button"
import { Dialog } from "@/ui/Dialog"
import { Field } from "@/ui/Field"
import { chosenTime, momentIn, snoozeTimes } from "./snoozeTimes"

interface SnoozeDialogProps {
  open: boolean
  onClose: () => void
  onChoose: (until: Date) => void
}

export function SnoozeDialog({ open, onClose, onChoose }: SnoozeDialogProps) {
  const choose = (until: Date) => {
    onClose()
    onChoose(until)
  }
  return (
    <Dialog open={open} onClose={onClose} title="Snooze until" width="max-w-sm">
      <ul className="-mx-2 mb-4">
        {snoozeTimes().map(({ label, hint, until }, at) => (
          <li key={label}>
            <button
              type="button"
              {...(at === 0 && { "data-autofocus": true })}
              onClick={() => choose(until)}
              className="flex w-full items-center justify-between gap-4 rounded-md px-2 py-2 text-left text-sm text-ink hover:bg-hover pointer-coarse:py-3"
            >
              {label} <span className="text-xs text-ink-faint tabular-nums">{hint}</span>
            </button>
          </li>
        ))}
      </ul>
      <ChosenTime onChoose={choose} />
    </Dialog>
  )
}

function ChosenTime({ onChoose }: { onChoose: (until: Date) => void }) {
  const today = toDateInput(new Date().toISOString())
  const [day, setDay] = useState("")
  const [time, setTime] = useState("09:00")
  const [refused, setRefused] = useState(false)
  const until = chosenTime(day, time)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (until) onChoose(until)
    else setRefused(true)
  }
  return (
    <form onSubmit={submit} noValidate className="border-t border-line pt-4">
      <div className="grid grid-cols-[1fr_7rem] gap-3">
        <Field label="Day" type="date" min={today} value={day} onChange={(event) => setDay(event.target.value)} error={refused && !until ? "Choose a time that is still to come." : undefined} />
        <Field label="Time" type="time" value={time} onChange={(event) => setTime(event.target.value)} />
      </div>
      <div className="mt-4 flex justify-end">
        <Button type="submit">{until ? `Until ${momentIn(until)}` : "Until this day"}</Button>
      </div>
    </form>
  )
}

import { useId } from "react"
import { formatNumber, region } from "@/lib/region"
import { weekOf } from "@/lib/week"
import { inputLook } from "@/ui/Field"
import { DAYS, parseHours, sumHours } from "./workingHours"

interface WorkingHoursFieldsProps {
  hours: string[]
  onChange: (hours: string[]) => void
  error: string | undefined
}

/** Seven days, kept from Monday, shown as their week goes, and what they come to. */
export function WorkingHoursFields({ hours, onChange, error }: WorkingHoursFieldsProps) {
  const noteId = useId()
  const wrongDay = DAYS.find((_, day) => parseHours(hours[day] ?? "") === null)
  const said = wrongDay ? `${wrongDay}: a number of hours from 0 to 24, such as 7.5.` : error
  return (
    <fieldset aria-describedby={noteId}>
      <legend className="mb-1 text-sm font-medium text-ink">Working hours a day</legend>
      <div className="grid grid-cols-4 gap-2 min-[480px]:grid-cols-7">
        {weekOf(region().locale).map((day) => (
          <label key={day} className="block text-center text-xs text-ink-muted">
            {DAYS[day]?.slice(0, 3)}
            <input
              aria-label={DAYS[day]}
              value={hours[day] ?? ""}
              onChange={(event) => onChange(hours.map((hour, at) => (at === day ? event.target.value : hour)))}
              onFocus={(event) => event.target.select()}
              inputMode="decimal"
              autoComplete="off"
              maxLength={5}
              aria-invalid={parseHours(hours[day] ?? "") === null || undefined}
              className={`${inputLook} mt-0.5 h-9 px-1 text-center text-base tabular-nums pointer-coarse:h-11`}
            />
          </label>
        ))}
      </div>
      <p id={noteId} className={`mt-1 text-xs ${said ? "text-danger-ink" : "text-ink-faint"}`}>
        {said ?? `${formatNumber(sumHours(hours))} hours a week. Plans of work are made with it.`}
      </p>
    </fieldset>
  )
}

import { region } from "@/lib/region"
import { weekOf } from "@/lib/week"
import { Button, IconButton } from "@/ui/Button"
import { Field } from "@/ui/Field"
import { DAYS, EVERY_DAY, type Quiet } from "./rules"

interface QuietHoursFieldsProps {
  hours: Quiet[]
  onChange: (hours: Quiet[]) => void
}

const MOST = 7

/** Spans of the day in which no mail goes out; what is due comes after them. */
export function QuietHoursFields({ hours, onChange }: QuietHoursFieldsProps) {
  const set = (at: number, change: Partial<Quiet>) => onChange(hours.map((span, index) => (index === at ? { ...span, ...change } : span)))
  return (
    <fieldset>
      <legend className="text-sm font-medium text-ink">Quiet hours</legend>
      <p className="mb-2 text-xs text-ink-muted">No mail goes out then. What is due comes when they are over. A span may go past midnight.</p>
      <ul className="space-y-3">
        {hours.map((span, at) => (
          <li key={at} className="flex flex-wrap items-end gap-3 rounded-lg border border-line p-3">
            <Field label="From" type="time" required value={span.start} onChange={(event) => set(at, { start: event.target.value })} className="w-28" />
            <Field label="To" type="time" required value={span.end} onChange={(event) => set(at, { end: event.target.value })} className="w-28" />
            <div role="group" aria-label={`Days of quiet hours ${at + 1}`} className="flex gap-1">
              {weekOf(region().locale).map((day) => (
                <button
                  key={day}
                  type="button"
                  aria-label={DAYS[day]}
                  data-short={DAYS[day]?.slice(0, 2)}
                  aria-pressed={span.days.includes(day)}
                  // One day at least: a span on none is removed instead.
                  disabled={span.days.length === 1 && span.days.includes(day)}
                  onClick={() => set(at, { days: EVERY_DAY.filter((one) => (one === day) !== span.days.includes(one)) })}
                  className="size-9 rounded-md border border-line-strong text-xs before:content-[attr(data-short)] font-medium text-ink-muted hover:bg-hover aria-pressed:border-transparent aria-pressed:bg-accent-soft aria-pressed:text-accent-ink pointer-coarse:size-11"
                />
              ))}
            </div>
            <IconButton icon="trash" label={`Remove quiet hours ${at + 1}`} className="mb-1 ml-auto" onClick={() => onChange(hours.filter((_, index) => index !== at))} />
          </li>
        ))}
      </ul>
      {hours.length < MOST && (
        <Button size="sm" icon="plus" className={hours.length > 0 ? "mt-2" : ""} onClick={() => onChange([...hours, { start: "20:00", end: "07:00", days: EVERY_DAY }])}>
          Add quiet hours
        </Button>
      )}
    </fieldset>
  )
}

import { Icon } from "@/ui/icons"
import { IconButton } from "@/ui/Button"
import { MultiSelect } from "@/ui/Select"
import { MEASURES, MOST_MEASURES, type Measure } from "./words"

interface MeasurePickerProps {
  measures: Measure[]
  onChange: (measures: Measure[]) => void
  error?: string | undefined
}

const CHOICES = (Object.keys(MEASURES) as Measure[]).map((value) => ({ value, label: MEASURES[value].name, hint: MEASURES[value].hint }))

/** What is counted, in order: the first is what the chart is about. */
export function MeasurePicker({ measures, onChange, error }: MeasurePickerProps) {
  const isFull = measures.length >= MOST_MEASURES
  const wrong = measures.length === 0 ? "Choose at least one." : error
  return (
    <div>
      <p aria-hidden="true" className="mb-1 text-sm font-medium text-ink">
        Numbers
      </p>
      <MultiSelect
        label="Numbers"
        look="field"
        value={measures}
        onChange={(wanted) => onChange(wanted.slice(0, MOST_MEASURES))}
        choices={isFull ? CHOICES.filter(({ value }) => measures.includes(value)) : CHOICES}
      >
        <span className="min-w-0 flex-1 truncate">{CHOICES.flatMap(({ value, label }) => (measures.includes(value) ? [label] : [])).join(", ")}</span>
        <Icon name="chevronDown" className="size-4 text-ink-faint" />
      </MultiSelect>
      <ol aria-label="Chosen numbers" className="mt-1.5 space-y-1">
        {measures.map((measure, at) => (
          <li key={measure} className="flex h-8 items-center gap-1 rounded-md bg-sunken pr-0.5 pl-2.5 text-sm text-ink pointer-coarse:h-11">
            <span className="min-w-0 flex-1 truncate">{MEASURES[measure].name}</span>
            {at === 0 ? (
              <span className="px-1 text-xs text-ink-muted">first in the chart</span>
            ) : (
              <IconButton icon="star" label={`Put ${MEASURES[measure].name} first`} onClick={() => onChange([measure, ...measures.filter((one) => one !== measure)])} />
            )}
            <IconButton icon="close" label={`Remove ${MEASURES[measure].name}`} onClick={() => onChange(measures.filter((one) => one !== measure))} />
          </li>
        ))}
      </ol>
      {isFull && <p className="mt-1 text-xs text-ink-faint">Eight are the most.</p>}
      {wrong && (
        <p role="alert" className="mt-1 text-xs text-danger-ink">
          {wrong}
        </p>
      )}
    </div>
  )
}

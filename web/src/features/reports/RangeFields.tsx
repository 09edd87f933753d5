import { SelectField } from "@/ui/SelectField"
import { RANGE_FIELDS, rangeOf, SPANS, withRange } from "./range"

interface RangeFieldsProps {
  query: string
  onChange: (query: string) => void
}

/** Of which time the tasks are. It is written into the query, where it can be read and made finer. */
export function RangeFields({ query, onChange }: RangeFieldsProps) {
  const range = rangeOf(query)
  return (
    <div className="grid grid-cols-2 gap-3">
      <SelectField
        label="Time"
        value={range?.span ?? null}
        choices={[{ value: null, label: "Any time" }, ...SPANS]}
        onChange={(span) => onChange(withRange(query, span === null ? null : { field: range?.field ?? "completed", span }))}
      />
      {range && <SelectField label="Of" value={range.field} choices={RANGE_FIELDS} onChange={(field) => onChange(withRange(query, { ...range, field }))} />}
    </div>
  )
}

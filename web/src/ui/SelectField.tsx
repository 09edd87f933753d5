import { useId } from "react"
import { Icon } from "./icons"
import { Select, type Choice } from "./Select"

interface SelectFieldProps<Value> {
  label: string
  value: Value
  onChange: (value: Value) => void
  choices: Choice<Value>[]
  hint?: string | undefined
  error?: string | undefined
}

/** A Select that stands among the fields of a form. */
export function SelectField<Value>({ hint, error, ...select }: SelectFieldProps<Value>) {
  const chosen = select.choices.find(({ value }) => value === select.value)
  const noteId = useId()
  return (
    <div>
      <p aria-hidden="true" className="mb-1 text-sm font-medium text-ink">
        {select.label}
      </p>
      <Select {...select} look="field" describedBy={(error ?? hint) ? noteId : undefined}>
        <span className="min-w-0 flex-1 truncate">{chosen?.label}</span>
        <Icon name="chevronDown" className="size-4 text-ink-faint" />
      </Select>
      {(error ?? hint) && (
        <p id={noteId} className={`mt-1 text-xs ${error ? "text-danger-ink" : "text-ink-faint"}`}>
          {error ?? hint}
        </p>
      )}
    </div>
  )
}

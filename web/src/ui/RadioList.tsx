import { Description, Field, Label, Radio, RadioGroup } from "@headlessui/react"
import { Icon } from "./icons"

interface RadioListProps<Value extends string> {
  label: string
  value: Value
  onChange: (value: Value) => void
  choices: { value: Value; label: string; hint: string }[]
}

/** One of a few, each with a line about it. */
export function RadioList<Value extends string>({ label, value, onChange, choices }: RadioListProps<Value>) {
  return (
    <RadioGroup value={value} onChange={onChange} aria-label={label} className="overflow-hidden rounded-lg border border-line-strong">
      {choices.map((choice) => (
        <Field key={choice.value} className="border-b border-line last:border-b-0">
          <Radio
            value={choice.value}
            data-autofocus={choice.value === value || undefined}
            className="group flex min-h-11 cursor-pointer items-center gap-3 px-3 py-2 outline-offset-[-2px] transition-colors duration-100 hover:bg-hover focus-visible:outline-2 focus-visible:outline-ring data-checked:bg-accent-soft"
          >
            <span className="min-w-0 flex-1">
              <Label className="block cursor-pointer text-sm font-medium text-ink">{choice.label}</Label>
              <Description className="text-xs text-ink-muted">{choice.hint}</Description>
            </span>
            <Icon name="check" className="invisible size-4 text-accent-ink group-data-checked:visible" />
          </Radio>
        </Field>
      ))}
    </RadioGroup>
  )
}

import { Description, Field, Label, Switch as HeadlessSwitch } from "@headlessui/react"

interface SwitchProps {
  label: string
  /** What it means, in a line. */
  text: string
  checked: boolean
  onChange: (checked: boolean) => void
  disabled?: boolean
  error?: string | undefined
}

/** Something that is on or off. */
export function Switch({ label, text, checked, onChange, disabled = false, error }: SwitchProps) {
  return (
    <Field className="flex items-start gap-4" disabled={disabled}>
      <div className="min-w-0 flex-1">
        <Label className="block cursor-pointer text-sm font-medium text-ink data-disabled:cursor-default">{label}</Label>
        <Description className="mt-0.5 text-xs text-ink-muted">{text}</Description>
        {error && (
          <p role="alert" className="mt-1 text-xs text-danger-ink">
            {error}
          </p>
        )}
      </div>
      <HeadlessSwitch
        checked={checked}
        onChange={onChange}
        className="group inline-flex h-5 w-9 shrink-0 items-center rounded-full bg-ink-faint p-0.5 transition-colors duration-100 data-checked:bg-accent data-disabled:cursor-not-allowed data-disabled:opacity-55 pointer-coarse:h-6 pointer-coarse:w-11"
      >
        <span
          aria-hidden="true"
          className="size-4 rounded-full bg-ink-inverse shadow-card transition-transform duration-100 group-data-checked:translate-x-4 pointer-coarse:size-5 pointer-coarse:group-data-checked:translate-x-5"
        />
      </HeadlessSwitch>
    </Field>
  )
}

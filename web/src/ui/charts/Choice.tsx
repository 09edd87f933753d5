interface ChoiceProps<Value extends string> {
  /** What is chosen: "Count". */
  label: string
  value: Value
  options: readonly { value: Value; label: string }[]
  onChange: (value: Value) => void
}

/** One of a few, all of them in sight. */
export function Choice<Value extends string>({ label, value, options, onChange }: ChoiceProps<Value>) {
  return (
    <div role="group" aria-label={label} className="flex shrink-0 rounded-md border border-line-strong bg-raised p-0.5">
      {options.map((one) => (
        <button
          key={one.value}
          type="button"
          aria-pressed={one.value === value}
          onClick={() => onChange(one.value)}
          className="h-6 rounded px-2 text-xs font-medium whitespace-nowrap text-ink-muted hover:text-ink aria-pressed:bg-accent-soft aria-pressed:text-accent-ink pointer-coarse:h-9"
        >
          {one.label}
        </button>
      ))}
    </div>
  )
}

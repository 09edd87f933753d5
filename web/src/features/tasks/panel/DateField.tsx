import { useRef } from "react"
import { shortDate, toDateInput } from "@/lib/dates"
import { IconButton } from "@/ui/Button"
import { Icon } from "@/ui/icons"

interface DateFieldProps {
  label: string
  value: string | null
  disabled: boolean
  onChange: (day: string) => void
}

/** Reads as text in the viewer's own words; under the pointer or in focus it is the browser's date field. */
export function DateField({ label, value, disabled, onChange }: DateFieldProps) {
  const field = useRef<HTMLInputElement>(null)
  return (
    <div className="group relative -mx-2 flex min-h-8 items-center gap-1 rounded-md px-2 text-sm hover:bg-hover has-disabled:hover:bg-transparent pointer-coarse:min-h-10">
      <span aria-hidden="true" className={`flex items-center gap-2 group-focus-within:invisible ${value ? "text-ink" : "text-ink-faint"}`}>
        <Icon name="calendar" className="mx-0.5 size-4 text-ink-faint" />
        {value ? shortDate(value) : "None"}
      </span>
      <input
        ref={field}
        type="date"
        aria-label={label}
        value={toDateInput(value)}
        disabled={disabled}
        onClick={() => field.current?.showPicker()}
        onChange={(event) => onChange(event.target.value)}
        className="absolute inset-y-0 left-2 w-36 cursor-pointer rounded bg-transparent text-sm text-ink opacity-0 focus:opacity-100 focus-visible:outline-none disabled:cursor-default"
      />
      {value && !disabled && (
        <IconButton
          icon="close"
          label={`Clear ${label.toLowerCase()}`}
          onClick={() => onChange("")}
          className="relative ml-auto opacity-0 group-hover:opacity-100 focus-visible:opacity-100 pointer-coarse:opacity-100"
        />
      )}
    </div>
  )
}

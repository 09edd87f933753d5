import { useState } from "react"

interface EstimateFieldProps {
  hours: string | null
  disabled: boolean
  onChange: (hours: string | null) => void
}

export function EstimateField({ hours, disabled, onChange }: EstimateFieldProps) {
  const [draft, setDraft] = useState(trimZeros(hours))

  const save = () => {
    const next = draft.trim() === "" ? null : draft.trim()
    if (next === null ? hours === null : Number(next) === Number(hours ?? NaN)) return
    if (next === null || isHours(Number(next))) onChange(next)
    else setDraft(trimZeros(hours))
  }

  return (
    <div className="-mx-2 flex min-h-8 items-center gap-1.5 rounded-md px-2 text-sm focus-within:bg-hover hover:bg-hover has-disabled:hover:bg-transparent pointer-coarse:min-h-10">
      <input
        type="number"
        inputMode="decimal"
        aria-label="Estimate in hours"
        min={0}
        max={999.99}
        step="any"
        placeholder="None"
        value={draft}
        disabled={disabled}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={save}
        onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
        className="field-sizing-content min-w-4 max-w-24 rounded bg-transparent text-ink [appearance:textfield] placeholder:text-ink-faint [&::-webkit-inner-spin-button]:appearance-none"
      />
      {draft && <span className="text-ink-faint">hours</span>}
    </div>
  )
}

function isHours(hours: number): boolean {
  return hours >= 0 && hours <= 999.99
}

// The server's "3.50" is exact; people read "3.5".
function trimZeros(hours: string | null): string {
  return hours === null ? "" : String(Number(hours))
}

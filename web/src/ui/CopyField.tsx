import { useState, type Ref } from "react"
import { useCopy } from "@/lib/useCopy"
import { Button } from "./Button"
import { Field } from "./Field"

interface CopyFieldProps {
  label: string
  value: string
  /** What the toast says: "Copied the redirect address". */
  done: string
  hint?: string
  buttonRef?: Ref<HTMLButtonElement>
}

/** A text to take elsewhere. The button's name is "Copy <label>". */
export function CopyField({ label, value, done, hint, buttonRef }: CopyFieldProps) {
  const copy = useCopy()
  const [isDone, setIsDone] = useState(false)
  return (
    <div>
      <div className="flex items-end gap-2">
        <Field label={label} value={value} readOnly onFocus={(event) => event.target.select()} className="min-w-0 flex-1" />
        <Button
          ref={buttonRef}
          icon={isDone ? "check" : "copy"}
          aria-label={`Copy ${label.charAt(0).toLowerCase()}${label.slice(1)}`}
          className="h-9 pointer-coarse:h-11"
          onClick={() => {
            copy(value, done)
            setIsDone(true)
          }}
        >
          Copy
        </Button>
      </div>
      {hint && <p className="mt-1 text-xs text-ink-faint">{hint}</p>}
    </div>
  )
}

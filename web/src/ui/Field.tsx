import { useId, type ComponentProps, type ReactNode } from "react"

export const inputLook =
  "w-full rounded-md border border-line-strong bg-raised px-2.5 text-ink placeholder:text-ink-faint transition-colors duration-100 hover:border-ink-faint read-only:bg-sunken read-only:text-ink-muted aria-invalid:border-danger disabled:opacity-60"

interface Labelled {
  label: string
  hint?: ReactNode
  error?: string | undefined
}

interface FieldProps extends Omit<ComponentProps<"input">, "prefix">, Labelled {
  /** Stands inside the frame, before what is typed: "/w/". */
  prefix?: string
  inputClassName?: string
}

export function Field({ label, hint, error, prefix, className = "", inputClassName = "", ...rest }: FieldProps) {
  const { id, describedBy, notes } = useNotes(hint, error)
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1 block text-sm font-medium text-ink">
        {label}
      </label>
      <div className="relative">
        {prefix && (
          <span aria-hidden="true" className="pointer-events-none absolute inset-y-0 left-2.5 flex items-center text-ink-faint">
            {prefix}
          </span>
        )}
        <input
          {...rest}
          id={id}
          aria-invalid={error ? true : undefined}
          aria-describedby={describedBy}
          className={`${inputLook} h-9 text-base pointer-coarse:h-11 ${inputClassName}`}
          style={prefix ? { paddingLeft: `${prefix.length + 1.1}ch` } : undefined}
        />
      </div>
      {notes}
    </div>
  )
}

interface AreaFieldProps extends ComponentProps<"textarea">, Labelled {}

export function AreaField({ label, hint, error, className = "", ...rest }: AreaFieldProps) {
  const { id, describedBy, notes } = useNotes(hint, error)
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1 block text-sm font-medium text-ink">
        {label}
      </label>
      <textarea
        {...rest}
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy}
        className={`${inputLook} min-h-20 resize-y py-2 text-base`}
      />
      {notes}
    </div>
  )
}

function useNotes(hint: ReactNode, error: string | undefined) {
  const id = useId()
  const noteId = `${id}-note`
  return {
    id,
    describedBy: (error ?? hint) ? noteId : undefined,
    notes: (error ?? hint) && (
      <div id={noteId} className={`mt-1 text-xs ${error ? "text-danger-ink" : "text-ink-faint"}`}>
        {error ?? hint}
      </div>
    ),
  }
}

import type { ComponentProps } from "react"
import { Field } from "./Field"

export const CODE_DIGITS = 6

interface CodeFieldProps extends Pick<ComponentProps<typeof Field>, "error" | "hint" | "ref" | "readOnly"> {
  label: string
  value: string
  onChange: (code: string) => void
  /** All six digits are there. */
  onFull: (code: string) => void
}

/** The six digits of an authenticator app. "123 456" from the clipboard is understood. */
export function CodeField({ label, value, onChange, onFull, ...rest }: CodeFieldProps) {
  return (
    <Field
      {...rest}
      label={label}
      value={value}
      onChange={(event) => {
        const code = event.target.value.replace(/\D/g, "").slice(0, CODE_DIGITS)
        onChange(code)
        if (code.length === CODE_DIGITS && code !== value) onFull(code)
      }}
      inputMode="numeric"
      autoComplete="one-time-code"
      spellCheck={false}
      required
      inputClassName="text-center font-mono text-lg! tracking-[0.35em] tabular-nums"
    />
  )
}

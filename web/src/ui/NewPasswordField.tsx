import { passwordStrength } from "@/lib/passwordStrength"
import { Field } from "./Field"
import { PasswordMeter } from "./PasswordMeter"

interface NewPasswordFieldProps {
  label: string
  value: string
  onChange: (value: string) => void
  /** From the first attempt to send it on, what is wrong with it is said as an error. */
  tried: boolean
  error: string | undefined
}

/** A password that somebody makes up, with how good it is. */
export function NewPasswordField({ label, value, onChange, tried, error }: NewPasswordFieldProps) {
  const { level, hint } = passwordStrength(value)
  return (
    <Field
      label={label}
      type="password"
      value={value}
      onChange={(event) => onChange(event.target.value)}
      autoComplete="new-password"
      required
      error={tried && level === 0 ? hint : error}
      hint={<PasswordMeter password={value} />}
    />
  )
}

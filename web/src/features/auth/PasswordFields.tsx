import { Link } from "react-router"
import { Field } from "@/ui/Field"
import { footerLink } from "./AuthLayout"

interface PasswordFieldsProps {
  email: string
  onEmail: (email: string) => void
  password: string
  onPassword: (password: string) => void
  /** Goes along to the page for a forgotten password. */
  workspace: string
}

export function PasswordFields({ email, onEmail, password, onPassword, workspace }: PasswordFieldsProps) {
  return (
    <>
      <Field label="Email" type="email" value={email} onChange={(event) => onEmail(event.target.value)} autoComplete="username" required />
      <Field
        label="Password"
        type="password"
        value={password}
        onChange={(event) => onPassword(event.target.value)}
        autoComplete="current-password"
        required
      />
      <p className="-mt-2 text-right text-sm">
        <Link to="/forgot-password" state={{ workspace, email }} className={footerLink}>
          Forgot your password?
        </Link>
      </p>
    </>
  )
}

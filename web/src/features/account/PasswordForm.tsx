import { useState, type SubmitEvent } from "react"
import { fieldProblem, isProblem } from "@/lib/api/problem"
import { passwordStrength } from "@/lib/passwordStrength"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { Button } from "@/ui/Button"
import { Field } from "@/ui/Field"
import { NewPasswordField } from "@/ui/NewPasswordField"
import { ErrorNotice } from "@/ui/states"
import { useChangePasswordMutation } from "./api"

export function PasswordForm({ email }: { email: string }) {
  const dispatch = useAppDispatch()
  const [current, setCurrent] = useState("")
  const [wanted, setWanted] = useState("")
  const [tried, setTried] = useState(false)
  const [change, { isLoading, error }] = useChangePasswordMutation()

  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    setTried(true)
    if (passwordStrength(wanted).level === 0) return
    const result = await change({ current_password: current, new_password: wanted })
    if (result.error) return
    setCurrent("")
    setWanted("")
    setTried(false)
    dispatch(showToast("Password changed. Your other devices are signed out."))
  }

  return (
    <form onSubmit={submit} className="space-y-4">
      {error && !(isProblem(error) && error.errors.length > 0) && <ErrorNotice error={error} />}
      {/* So that a password manager knows whose password it is. */}
      <input type="email" autoComplete="username" value={email} readOnly hidden />
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <Field
          label="Current password"
          type="password"
          value={current}
          onChange={(event) => setCurrent(event.target.value)}
          autoComplete="current-password"
          required
          error={fieldProblem(error, "current_password") && "This is not your current password."}
        />
        <NewPasswordField label="New password" value={wanted} onChange={setWanted} tried={tried} error={fieldProblem(error, "new_password")} />
      </div>
      <div className="flex justify-end border-t border-line pt-4">
        <Button type="submit" variant="primary" busy={isLoading}>
          Change password
        </Button>
      </div>
    </form>
  )
}

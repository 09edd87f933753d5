import { useState, type SubmitEvent } from "react"
import { useSearchParams } from "react-router"
import { fieldProblem, isMissing, isProblem } from "@/lib/api/problem"
import { passwordStrength } from "@/lib/passwordStrength"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { Button, ButtonLink } from "@/ui/Button"
import { NewPasswordField } from "@/ui/NewPasswordField"
import { ErrorNotice } from "@/ui/states"
import { useResetPasswordMutation } from "./api"
import { AuthLayout } from "./AuthLayout"
import { DeadLink } from "./DeadLink"

export function ResetPasswordPage() {
  useDocumentTitle("Set a new password")
  const [params] = useSearchParams()
  const token = params.get("token") ?? ""
  const [password, setPassword] = useState("")
  const [tried, setTried] = useState(false)
  const [reset, { isLoading, isSuccess, error }] = useResetPasswordMutation()

  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    setTried(true)
    if (passwordStrength(password).level > 0) void reset({ token, password })
  }

  if (token === "" || isMissing(error)) {
    return (
      <DeadLink
        title="This link no longer works"
        text="It was used, or has expired."
        advice="A link sets a password once, and not for long. Ask for another one."
        another={{ to: "/forgot-password", label: "Ask for another link" }}
      />
    )
  }
  if (isSuccess) {
    return (
      <AuthLayout title="Your password is changed" text="Wherever you were signed in, you are signed out now.">
        <p role="status" className="sr-only">
          Your password is changed.
        </p>
        <ButtonLink to="/sign-in" variant="primary" size="lg" className="w-full">
          Sign in
        </ButtonLink>
      </AuthLayout>
    )
  }
  return (
    <AuthLayout title="Set a new password" text="It replaces the old one, and signs you out everywhere.">
      <form onSubmit={submit} className="space-y-4">
        {error && !(isProblem(error) && error.errors.length > 0) && <ErrorNotice error={error} />}
        <NewPasswordField label="New password" value={password} onChange={setPassword} tried={tried} error={fieldProblem(error, "password")} />
        <Button type="submit" variant="primary" size="lg" className="w-full" busy={isLoading}>
          Set password
        </Button>
      </form>
    </AuthLayout>
  )
}

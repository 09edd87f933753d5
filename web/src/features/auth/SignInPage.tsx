import { useState, type SubmitEvent } from "react"
import { Link, Navigate, useSearchParams } from "react-router"
import { selectSession } from "@/lib/session"
import { readStored } from "@/lib/storage"
import { useAppSelector } from "@/lib/store"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { Button } from "@/ui/Button"
import { Field } from "@/ui/Field"
import { ErrorNotice } from "@/ui/states"
import { useSignInMutation } from "./api"
import { AuthLayout, footerLink } from "./AuthLayout"
import { useAfterSignIn } from "./useAfterSignIn"

export function SignInPage() {
  useDocumentTitle("Sign in")
  const [params] = useSearchParams()
  const { ended } = useAppSelector(selectSession)
  const [workspace, setWorkspace] = useState(() => params.get("workspace") ?? readStored("workspace") ?? "")
  const [email, setEmail] = useState("")
  const [password, setPassword] = useState("")
  const [signIn, { isLoading, error }] = useSignInMutation()
  const goTo = useAfterSignIn()
  if (goTo) return <Navigate to={goTo} replace />

  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    void signIn({ workspace: workspace.trim().toLowerCase(), email: email.trim(), password })
  }

  return (
    <AuthLayout
      title="Sign in to ProjectFlow"
      text="Your workspace is where you left it."
      footer={
        <>
          New here?{" "}
          <Link to="/create-workspace" className={footerLink}>
            Create a workspace
          </Link>
        </>
      }
    >
      <form onSubmit={submit} className="space-y-4">
        {ended === "expired" && !error && (
          <p role="status" className="rounded-lg bg-warning-soft px-3 py-2.5 text-sm text-warning-ink">
            Your session has ended. Sign in to go on where you were.
          </p>
        )}
        {error && <ErrorNotice error={error} />}
        <Field
          label="Workspace address"
          prefix="/w/"
          value={workspace}
          onChange={(event) => setWorkspace(event.target.value)}
          autoCapitalize="none"
          autoComplete="organization"
          spellCheck={false}
          required
        />
        <Field
          label="Email"
          type="email"
          value={email}
          onChange={(event) => setEmail(event.target.value)}
          autoComplete="username"
          required
        />
        <Field
          label="Password"
          type="password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          autoComplete="current-password"
          required
        />
        <p className="-mt-2 text-right text-sm">
          <Link to="/forgot-password" state={{ workspace, email }} className={footerLink}>
            Forgot your password?
          </Link>
        </p>
        <Button type="submit" variant="primary" size="lg" className="w-full" busy={isLoading}>
          Sign in
        </Button>
      </form>
    </AuthLayout>
  )
}

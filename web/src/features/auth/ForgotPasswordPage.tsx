import { useState, type SubmitEvent } from "react"
import { Link, useLocation } from "react-router"
import { readStored } from "@/lib/storage"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { Button, ButtonLink } from "@/ui/Button"
import { Field } from "@/ui/Field"
import { ErrorNotice } from "@/ui/states"
import { useAskForPasswordResetMutation } from "./api"
import { AuthLayout, footerLink } from "./AuthLayout"

export function ForgotPasswordPage() {
  useDocumentTitle("Forgot your password?")
  const typed = useTypedBefore()
  const [workspace, setWorkspace] = useState(typed.workspace)
  const [email, setEmail] = useState(typed.email)
  const [ask, { isLoading, error, isSuccess, reset }] = useAskForPasswordResetMutation()

  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    void ask({ workspace: workspace.trim().toLowerCase(), email: email.trim() })
  }

  if (isSuccess) return <MailIsOnItsWay workspace={workspace.trim()} email={email.trim()} onAnother={reset} />
  return (
    <AuthLayout
      title="Forgot your password?"
      text="Say who you are, and we mail you a link to set a new one."
      footer={
        <>
          Remembered it?{" "}
          <Link to="/sign-in" className={footerLink}>
            Sign in
          </Link>
        </>
      }
    >
      <form onSubmit={submit} className="space-y-4">
        {error && <ErrorNotice error={error} />}
        <Field
          label="Workspace address"
          prefix="/w/"
          value={workspace}
          onChange={(event) => setWorkspace(event.target.value)}
          autoCapitalize="none"
          autoComplete="organization"
          spellCheck={false}
          maxLength={50}
          required
        />
        <Field label="Email" type="email" value={email} onChange={(event) => setEmail(event.target.value)} autoComplete="username" maxLength={255} required />
        <Button type="submit" variant="primary" size="lg" className="w-full" busy={isLoading}>
          Send the link
        </Button>
      </form>
    </AuthLayout>
  )
}

interface MailIsOnItsWayProps {
  workspace: string
  email: string
  onAnother: () => void
}

function MailIsOnItsWay({ workspace, email, onAnother }: MailIsOnItsWayProps) {
  return (
    <AuthLayout title="Look into your mail" text="The link in it sets a new password, once.">
      <p role="status" className="text-base break-words text-ink">
        If the address belongs to somebody, a mail is on its way.
      </p>
      <dl className="mt-3 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm break-all text-ink">
        <dt className="text-ink-faint">Workspace</dt>
        <dd>{workspace}</dd>
        <dt className="text-ink-faint">Email</dt>
        <dd>{email}</dd>
      </dl>
      <p className="mt-3 text-sm text-ink-muted">
        Nothing there after a few minutes? Look among the spam, or ask an owner of your workspace whether its server sends mail.
      </p>
      <div className="mt-5 flex flex-col gap-2">
        <ButtonLink to="/sign-in" variant="primary" size="lg">
          Back to sign in
        </ButtonLink>
        <Button size="lg" onClick={onAnother}>
          Try another address
        </Button>
      </div>
    </AuthLayout>
  )
}

/** What was typed on the sign-in page need not be typed again. */
function useTypedBefore(): { workspace: string; email: string } {
  const state = useLocation().state as { workspace?: unknown; email?: unknown } | null
  const text = (value: unknown) => (typeof value === "string" ? value : "")
  return { workspace: text(state?.workspace) || (readStored("workspace") ?? ""), email: text(state?.email) }
}

import { useState, type SubmitEvent } from "react"
import { Link, useNavigate, useSearchParams } from "react-router"
import { fieldProblem, isMissing, isProblem } from "@/lib/api/problem"
import type { OpenInvitation, SecondFactorNeeded } from "@/lib/api/types"
import { passwordStrength } from "@/lib/passwordStrength"
import { fullName } from "@/lib/people"
import { selectUser } from "@/lib/session"
import { useAppSelector } from "@/lib/store"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { Button } from "@/ui/Button"
import { Field } from "@/ui/Field"
import { NewPasswordField } from "@/ui/NewPasswordField"
import { ErrorNotice, Skeleton } from "@/ui/states"
import { isSignedIn, useAcceptInvitationMutation, useGetInvitationQuery } from "./api"
import { AuthLayout, footerLink } from "./AuthLayout"
import { DeadLink } from "./DeadLink"
import { SecondStep } from "./SecondStep"

/** Open to whoever has the link, also while somebody else is signed in here. */
export function AcceptInvitationPage() {
  useDocumentTitle("Accept your invitation")
  const [params] = useSearchParams()
  const token = params.get("token") ?? ""
  const { data: invitation, error, refetch } = useGetInvitationQuery(token, { skip: token === "" })

  if (token === "" || isMissing(error)) return <UsedUp />
  if (invitation) return <AcceptForm token={token} invitation={invitation} />
  return (
    <AuthLayout title="Your invitation" text={error ? "It could not be opened just now." : "One moment…"}>
      {error ? (
        <ErrorNotice error={error} onRetry={() => void refetch()} />
      ) : (
        <div role="status" aria-label="Loading the invitation" className="space-y-4">
          {[1, 2, 3].map((n) => (
            <Skeleton key={n} className="h-9" />
          ))}
        </div>
      )}
    </AuthLayout>
  )
}

function UsedUp() {
  return (
    <DeadLink
      title="This invitation no longer works"
      text="It was used, withdrawn, or has expired."
      advice="Ask whoever invited you for a new link. If you have accepted it before, just sign in."
    />
  )
}

function AcceptForm({ token, invitation }: { token: string; invitation: OpenInvitation }) {
  const { workspace, email } = invitation
  const navigate = useNavigate()
  const signedInAs = useAppSelector(selectUser)
  const [firstName, setFirstName] = useState(invitation.first_name)
  const [lastName, setLastName] = useState(invitation.last_name)
  const [password, setPassword] = useState("")
  const [tried, setTried] = useState(false)
  const [needed, setNeeded] = useState<SecondFactorNeeded | null>(null)
  const [accept, { isLoading, error }] = useAcceptInvitationMutation()
  if (isMissing(error)) return <UsedUp />

  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    setTried(true)
    if (passwordStrength(password).level === 0) return
    const { data } = await accept({ token, password, first_name: firstName.trim(), last_name: lastName.trim() })
    if (data && isSignedIn(data)) goIn()
    else if (data) setNeeded(data)
  }
  const goIn = () => void navigate(`/w/${workspace.slug}/projects`, { replace: true })

  if (needed) {
    // The invitation is used up: from here on they have an account to sign in with.
    const startAgain = (said: string | null) =>
      void navigate(`/sign-in?workspace=${encodeURIComponent(workspace.slug)}`, { replace: true, state: { said } })
    return <SecondStep needed={needed} workspace={workspace.slug} onStartAgain={startAgain} onDone={goIn} />
  }

  return (
    <AuthLayout
      title={`Join ${workspace.name}`}
      text="Choose a password, and you’re in."
      footer={
        <>
          Already accepted?{" "}
          <Link to={`/sign-in?workspace=${encodeURIComponent(workspace.slug)}`} className={footerLink}>
            Sign in
          </Link>
        </>
      }
    >
      <form onSubmit={submit} className="space-y-4">
        {error && !(isProblem(error) && error.errors.length > 0) && <ErrorNotice error={error} />}
        {signedInAs && (
          <p role="status" className="rounded-lg bg-warning-soft px-3 py-2.5 text-sm text-warning-ink">
            You are signed in as {fullName(signedInAs)} ({signedInAs.email}). Accepting signs you in as {email} instead.
          </p>
        )}
        <Field label="Email" type="email" value={email} readOnly autoComplete="username" hint={`You sign in with it at /w/${workspace.slug}.`} />
        <div className="grid grid-cols-1 gap-4 min-[420px]:grid-cols-2">
          <Field label="First name" value={firstName} onChange={(event) => setFirstName(event.target.value)} autoComplete="given-name" maxLength={100} required error={fieldProblem(error, "first_name")} />
          <Field label="Last name" value={lastName} onChange={(event) => setLastName(event.target.value)} autoComplete="family-name" maxLength={100} required error={fieldProblem(error, "last_name")} />
        </div>
        <NewPasswordField label="Password" value={password} onChange={setPassword} tried={tried} error={fieldProblem(error, "password")} />
        <Button type="submit" variant="primary" size="lg" className="w-full" busy={isLoading}>
          Join workspace
        </Button>
      </form>
    </AuthLayout>
  )
}

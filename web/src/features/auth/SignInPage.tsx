import { useState, type SubmitEvent } from "react"
import { Link, Navigate, useLocation, useSearchParams } from "react-router"
import type { SecondFactorNeeded } from "@/lib/api/types"
import { selectSession } from "@/lib/session"
import { readStored } from "@/lib/storage"
import { useAppSelector } from "@/lib/store"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { Button, ButtonLink } from "@/ui/Button"
import { Field } from "@/ui/Field"
import { ErrorNotice } from "@/ui/states"
import { isSignedIn, useSignInMutation, useSignInWithPasskeyMutation } from "./api"
import { AuthLayout, footerLink } from "./AuthLayout"
import { KeepSignedIn } from "./KeepSignedIn"
import { OtherWays } from "./OtherWays"
import { PasswordFields } from "./PasswordFields"
import { SecondStep } from "./SecondStep"
import { ssoAddress, ssoSentence } from "./ssoErrors"
import { useAfterSignIn } from "./useAfterSignIn"
import { useDoor } from "./useDoor"

export function SignInPage() {
  useDocumentTitle("Sign in")
  const [params] = useSearchParams()
  const [workspace, setWorkspace] = useState(() => params.get("workspace") ?? readStored("workspace") ?? "")
  const [email, setEmail] = useState("")
  const [password, setPassword] = useState("")
  const [isOwner, setIsOwner] = useState(false)
  const [needed, setNeeded] = useState<SecondFactorNeeded | null>(null)
  const [said, setSaid] = useSaidBefore()
  const [signIn, { isLoading, error, reset }] = useSignInMutation()
  const [withPasskey, passkey] = useSignInWithPasskeyMutation()
  const slug = workspace.trim().toLowerCase()
  const { door, isUnknown } = useDoor(slug)
  const goTo = useAfterSignIn()
  if (goTo) return <Navigate to={goTo} replace />

  if (needed) {
    const startAgain = (why: string | null) => {
      setNeeded(null)
      setPassword("")
      setSaid(why)
      reset()
    }
    return <SecondStep needed={needed} workspace={slug} onStartAgain={startAgain} />
  }

  const sso = door?.sign_in.sso ?? null
  const asksPassword = isOwner || door?.sign_in.password !== false
  const ssoLink = ssoAddress(slug, params.get("next") ?? "")

  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    // Enter in the only field there is means the only way there is.
    if (!asksPassword) {
      window.location.assign(ssoLink)
      return
    }
    setSaid(null)
    passkey.reset()
    const { data } = await signIn({ workspace: slug, email: email.trim(), password })
    if (data && !isSignedIn(data)) setNeeded(data)
  }
  const usePasskey = () => {
    setSaid(null)
    reset()
    void withPasskey({ workspace: slug })
  }

  return (
    <AuthLayout
      title={door ? `Sign in to ${door.name}` : "Sign in to ProjectFlow"}
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
        <Notice said={said} error={error ?? passkey.error} />
        <Field
          label="Workspace address"
          prefix="/w/"
          value={workspace}
          onChange={(event) => setWorkspace(event.target.value)}
          autoCapitalize="none"
          autoComplete="organization"
          spellCheck={false}
          required
          error={isUnknown ? "There is no workspace at this address." : undefined}
        />
        {asksPassword && (
          <>
            <PasswordFields email={email} onEmail={setEmail} password={password} onPassword={setPassword} workspace={workspace} />
            <KeepSignedIn />
            <Button type="submit" variant="primary" size="lg" className="w-full" busy={isLoading}>
              Sign in
            </Button>
          </>
        )}
        {!asksPassword && sso && (
          <ButtonLink to={ssoLink} reloadDocument variant="primary" size="lg" className="w-full">
            Sign in with {sso}
          </ButtonLink>
        )}
      </form>
      {asksPassword ? (
        <OtherWays sso={sso === null ? null : { name: sso, address: ssoLink }} canAsk={slug !== "" && !isUnknown} busy={passkey.isLoading} onPasskey={usePasskey} />
      ) : (
        <p className="mt-5 text-center text-sm">
          <button type="button" className={footerLink} onClick={() => setIsOwner(true)}>
            Owner? Sign in with a password
          </button>
        </p>
      )}
    </AuthLayout>
  )
}

function Notice({ said, error }: { said: string | null; error: unknown }) {
  const { ended } = useAppSelector(selectSession)
  if (error) return <ErrorNotice error={error} />
  const text = said ?? (ended === "expired" ? "Your session has ended. Sign in to go on where you were." : null)
  return (
    text && (
      <p role="status" className="rounded-lg bg-warning-soft px-3 py-2.5 text-sm text-warning-ink">
        {text}
      </p>
    )
  )
}

/** What a provider's refusal, or the page before this one, has to say. */
function useSaidBefore() {
  const [params] = useSearchParams()
  const state = useLocation().state as { said?: unknown } | null
  return useState(() => ssoSentence(params.get("sso_error")) ?? (typeof state?.said === "string" ? state.said : null))
}

import { useRef, useState, type SubmitEvent } from "react"
import { isProblem } from "@/lib/api/problem"
import { useAppDispatch } from "@/lib/store"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { AuthenticatorSecret } from "@/ui/AuthenticatorSecret"
import { Button } from "@/ui/Button"
import { CodeField } from "@/ui/CodeField"
import { RecoveryCodes } from "@/ui/RecoveryCodes"
import { ErrorNotice } from "@/ui/states"
import { enter, useBeginEnrolmentMutation, useConfirmEnrolmentMutation } from "./api"
import { AuthLayout, footerLink } from "./AuthLayout"
import { TOO_LATE, type StepProps } from "./SecondStep"

/** Whoever has no second step yet, where the workspace asks for one, sets up an authenticator app on the way in. */
export function EnrolStep({ challenge, workspace, onStartAgain, onDone }: StepProps) {
  useDocumentTitle("Set up a second step")
  const dispatch = useAppDispatch()
  const [begin, { data: totp, isLoading: isBeginning, error: notBegun }] = useBeginEnrolmentMutation()
  const [confirm, { data: enrolled, isLoading, error }] = useConfirmEnrolmentMutation()
  const [code, setCode] = useState("")
  const field = useRef<HTMLInputElement>(null)

  const isWrong = isProblem(error) && error.slug === "wrong-code"
  const orStartAgain = (problem: unknown) => {
    if (isProblem(problem) && problem.slug === "challenge-expired") onStartAgain(TOO_LATE)
  }
  const send = async (value: string) => {
    const answer = await confirm({ challenge, totp: value })
    if (answer.data) return
    orStartAgain(answer.error)
    setCode("")
    field.current?.focus()
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (!isLoading) void send(code)
  }

  if (enrolled) {
    const goOn = () => {
      enter(dispatch, enrolled.auth)
      onDone?.(enrolled.auth)
    }
    return (
      <AuthLayout title="Save your recovery codes" text="Your authenticator app is set up. One last thing.">
        <RecoveryCodes codes={enrolled.recovery_codes} workspace={workspace} onSaved={goOn} />
      </AuthLayout>
    )
  }
  return (
    <AuthLayout
      title="Set up a second step"
      text="Your workspace asks for a code beside your password."
      footer={
        <button type="button" className={footerLink} onClick={() => onStartAgain(null)}>
          Back to sign in
        </button>
      }
    >
      {totp ? (
        <form onSubmit={submit} className="space-y-4">
          {error && !isWrong && <ErrorNotice error={error} />}
          <p className="text-base text-ink-muted">Scan this with your authenticator app, then enter the code it shows.</p>
          <AuthenticatorSecret qrSvg={totp.qr_svg} secret={totp.secret} />
          <CodeField
            ref={field}
            label="Code"
            value={code}
            onChange={setCode}
            onFull={(full) => void send(full)}
            readOnly={isLoading}
            error={isWrong && code === "" ? "This code is wrong. Wait for the next one, and check your phone’s clock." : undefined}
          />
          <Button type="submit" variant="primary" size="lg" className="w-full" busy={isLoading}>
            Confirm
          </Button>
        </form>
      ) : (
        <div className="space-y-4">
          {notBegun && <ErrorNotice error={notBegun} />}
          <p className="text-base text-ink-muted">
            You need an authenticator app on your phone, such as Aegis, Google Authenticator or 1Password. It takes a minute.
          </p>
          <Button
            variant="primary"
            size="lg"
            className="w-full"
            busy={isBeginning}
            onClick={() => void begin({ challenge }).then((answer) => orStartAgain(answer.error))}
          >
            Set up an authenticator app
          </Button>
        </div>
      )}
    </AuthLayout>
  )
}

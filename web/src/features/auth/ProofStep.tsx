import { useEffect, useRef, useState, type SubmitEvent } from "react"
import { isProblem } from "@/lib/api/problem"
import type { SecondMethod } from "@/lib/api/types"
import { hasPasskeys } from "@/lib/passkeys"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { Button } from "@/ui/Button"
import { CodeField } from "@/ui/CodeField"
import { Field } from "@/ui/Field"
import { ErrorNotice } from "@/ui/states"
import { useProveSecondMutation, useProveSecondWithPasskeyMutation } from "./api"
import { AuthLayout, footerLink } from "./AuthLayout"
import { TOO_LATE, type StepProps } from "./SecondStep"

const TEXTS: Record<SecondMethod, string> = {
  totp: "Enter the code that your authenticator app shows now.",
  passkey: "Use one of your passkeys.",
  recovery_code: "Enter one of the codes you saved when you set this up.",
}
const SWITCHES: Record<SecondMethod, string> = {
  totp: "Use your authenticator app",
  passkey: "Use a passkey",
  recovery_code: "Use a recovery code",
}

/** A code, a passkey or a recovery code, after the password. */
export function ProofStep({ challenge, methods, onStartAgain, onDone }: StepProps & { methods: SecondMethod[] }) {
  useDocumentTitle("Confirm that it is you")
  const usable = methods.filter((method) => method !== "passkey" || hasPasskeys())
  const [method, setMethod] = useState<SecondMethod>(() => usable[0] ?? "recovery_code")
  const [code, setCode] = useState("")
  const [prove, proof] = useProveSecondMutation()
  const [proveWithPasskey, passkey] = useProveSecondWithPasskeyMutation()
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [method])

  const error = proof.error ?? passkey.error
  const isWrong = isProblem(error) && error.slug === "wrong-code"
  const wrong = isWrong && code === "" ? "This code is wrong, or was used already. Try again." : undefined

  const settle = (answer: Awaited<ReturnType<typeof prove>>) => {
    if (answer.data) {
      onDone?.(answer.data)
    } else if (isProblem(answer.error) && answer.error.slug === "challenge-expired") {
      onStartAgain(TOO_LATE)
    } else {
      setCode("")
      field.current?.focus()
    }
  }
  const send = async (value: string) => {
    passkey.reset()
    settle(await prove(method === "totp" ? { challenge, totp: value } : { challenge, recovery_code: value.trim() }))
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (method === "passkey") return void askPasskey()
    if (!proof.isLoading) void send(code)
  }
  const askPasskey = async () => {
    proof.reset()
    settle(await proveWithPasskey({ challenge }))
  }
  const change = (to: SecondMethod) => {
    if (to === "passkey") return void askPasskey()
    proof.reset()
    passkey.reset()
    setCode("")
    setMethod(to)
  }

  return (
    <AuthLayout
      title="Confirm that it is you"
      text={TEXTS[method]}
      footer={
        <button type="button" className={footerLink} onClick={() => onStartAgain(null)}>
          Back to sign in
        </button>
      }
    >
      <form onSubmit={submit} className="space-y-4">
        {error && !isWrong && <ErrorNotice error={error} />}
        {method === "totp" && (
          <CodeField
            ref={field}
            label="Code"
            value={code}
            onChange={setCode}
            onFull={(full) => void send(full)}
            readOnly={proof.isLoading}
            error={wrong}
            hint="It is sent as soon as all six digits are there."
          />
        )}
        {method === "recovery_code" && (
          <Field
            ref={field}
            label="Recovery code"
            value={code}
            onChange={(event) => setCode(event.target.value)}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={64}
            required
            error={wrong}
            hint="Each counts once."
            inputClassName="font-mono"
          />
        )}
        <Button type="submit" variant="primary" size="lg" className="w-full" busy={proof.isLoading || passkey.isLoading}>
          {method === "passkey" ? "Use a passkey" : "Continue"}
        </Button>
      </form>
      {usable.some((other) => other !== method) && (
        <div className="mt-4 flex flex-col gap-1 border-t border-line pt-4">
          {usable
            .filter((other) => other !== method)
            .map((other) => (
              <Button key={other} variant="ghost" size="lg" disabled={proof.isLoading || passkey.isLoading} onClick={() => change(other)}>
                {SWITCHES[other]}
              </Button>
            ))}
        </div>
      )}
    </AuthLayout>
  )
}

import { useEffect, useRef, useState, type SubmitEvent } from "react"
import { fieldProblem } from "@/lib/api/problem"
import { selectUser } from "@/lib/session"
import { useAppSelector } from "@/lib/store"
import { Button } from "@/ui/Button"
import { Dialog } from "@/ui/Dialog"
import { Field } from "@/ui/Field"
import { ErrorNotice, Skeleton } from "@/ui/states"
import { useConfirmMeMutation, useGetSecondFactorsQuery, useSignInAgainMutation } from "./api"

interface QuestionProps {
  onConfirmed: () => void
  onCancel: () => void
}

export function ConfirmQuestion({ open, ...answers }: QuestionProps & { open: boolean }) {
  return (
    <Dialog open={open} onClose={answers.onCancel} title="Confirm that it is you" width="max-w-sm">
      <Question {...answers} />
    </Dialog>
  )
}

function Question({ onConfirmed, onCancel }: QuestionProps) {
  const { data: factors, error, refetch } = useGetSecondFactorsQuery()
  if (factors?.has_password) return <AskPassword onConfirmed={onConfirmed} onCancel={onCancel} />
  if (factors) return <AskToSignInAgain onCancel={onCancel} />
  return error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : <Skeleton className="h-24" />
}

function AskPassword({ onConfirmed, onCancel }: QuestionProps) {
  const user = useAppSelector(selectUser)
  const [password, setPassword] = useState("")
  const [confirm, { isLoading, error }] = useConfirmMeMutation()
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])

  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    if (!(await confirm({ password })).error) {
      onConfirmed()
      return
    }
    setPassword("")
    field.current?.focus()
  }
  const wrong = fieldProblem(error, "password") && "This is not your password."
  return (
    <form onSubmit={submit} className="space-y-4">
      {error && !wrong && <ErrorNotice error={error} />}
      <p className="text-base text-ink-muted">This concerns your account’s safety. Enter your password, then it goes on by itself.</p>
      <input type="email" autoComplete="username" value={user?.email ?? ""} readOnly hidden />
      <Field
        ref={field}
        label="Password"
        type="password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        autoComplete="current-password"
        required
        error={wrong}
      />
      <div className="flex justify-end gap-2">
        <Button variant="ghost" onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={isLoading}>
          Confirm
        </Button>
      </div>
    </form>
  )
}

function AskToSignInAgain({ onCancel }: { onCancel: () => void }) {
  const [signInAgain, { isLoading }] = useSignInAgainMutation()
  return (
    <>
      <p className="text-base text-ink-muted">
        This concerns your account’s safety, and you have no password here to enter. Sign in again: for ten minutes after that nobody asks.
      </p>
      <div className="mt-5 flex justify-end gap-2">
        <Button variant="ghost" onClick={onCancel}>
          Cancel
        </Button>
        <Button variant="primary" data-autofocus busy={isLoading} onClick={() => void signInAgain()}>
          Sign in again
        </Button>
      </div>
    </>
  )
}

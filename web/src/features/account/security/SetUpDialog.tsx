import { useRef, useState, type SubmitEvent } from "react"
import { fieldProblem } from "@/lib/api/problem"
import type { TotpSecret } from "@/lib/api/types"
import { useLast } from "@/lib/useLast"
import { AuthenticatorSecret } from "@/ui/AuthenticatorSecret"
import { Button } from "@/ui/Button"
import { CodeField } from "@/ui/CodeField"
import { Dialog } from "@/ui/Dialog"
import { ErrorNotice } from "@/ui/states"
import { useConfirmTotpMutation } from "./api"

interface SetUpDialogProps {
  /** Null: closed. */
  totp: TotpSecret | null
  onClose: () => void
  onDone: (codes: string[] | null) => void
}

export function SetUpDialog({ totp, onClose, onDone }: SetUpDialogProps) {
  const shown = useLast(totp)
  return (
    <Dialog open={totp !== null} onClose={onClose} title="Set up your authenticator app" width="max-w-md">
      {shown && <SetUp key={shown.secret} totp={shown} onDone={onDone} onClose={onClose} />}
    </Dialog>
  )
}

function SetUp({ totp, onDone, onClose }: SetUpDialogProps & { totp: TotpSecret }) {
  const [code, setCode] = useState("")
  const [confirm, { isLoading, error }] = useConfirmTotpMutation()
  const field = useRef<HTMLInputElement>(null)
  const wrong = fieldProblem(error, "totp") && "This code is wrong. Wait for the next one, and check your phone’s clock."

  const send = async (value: string) => {
    const { data } = await confirm({ totp: value })
    if (data) {
      onDone(data.recovery_codes)
      return
    }
    setCode("")
    field.current?.focus()
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (!isLoading) void send(code)
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      {error && !wrong && <ErrorNotice error={error} />}
      <p className="text-base text-ink-muted">Scan this with the app on your phone, then enter the code it shows.</p>
      <AuthenticatorSecret qrSvg={totp.qr_svg} secret={totp.secret} />
      <CodeField
        ref={field}
        label="Code"
        value={code}
        onChange={setCode}
        onFull={(full) => void send(full)}
        readOnly={isLoading}
        error={code === "" ? wrong : undefined}
      />
      <div className="flex justify-end gap-2">
        <Button variant="ghost" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={isLoading}>
          Confirm
        </Button>
      </div>
    </form>
  )
}

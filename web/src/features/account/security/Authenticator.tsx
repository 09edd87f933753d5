import { useState } from "react"
import type { SecondFactors } from "@/lib/api/types"
import { shortDate } from "@/lib/dates"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { Badge } from "@/ui/Badge"
import { Button } from "@/ui/Button"
import { ConfirmDialog } from "@/ui/ConfirmDialog"
import { Icon } from "@/ui/icons"
import { ErrorNotice } from "@/ui/states"
import { useBeginTotpMutation, useRemoveTotpMutation } from "./api"
import { SetUpDialog } from "./SetUpDialog"

/** The authenticator app: set up, or taken away. */
export function Authenticator({ factors, onCodes }: { factors: SecondFactors; onCodes: (codes: string[]) => void }) {
  const dispatch = useAppDispatch()
  const [begin, begun] = useBeginTotpMutation()
  const [remove, removing] = useRemoveTotpMutation()
  const [asked, setAsked] = useState(false)
  const error = begun.error ?? removing.error

  const takeAway = async () => {
    begun.reset()
    if (!(await remove()).error) dispatch(showToast("Your authenticator app is no longer asked for"))
  }
  const setUp = () => {
    removing.reset()
    void begin()
  }
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg border border-line px-3 py-3">
        <Icon name="phone" className="size-5 text-ink-faint" />
        <div className="min-w-0 flex-1 basis-48">
          <p className="flex flex-wrap items-center gap-2 text-base font-medium text-ink">
            Authenticator app
            {factors.totp ? <Badge tone="success">On</Badge> : <Badge>Off</Badge>}
          </p>
          <p className="text-xs text-ink-faint">
            {factors.totp ? `Since ${shortDate(factors.totp.confirmed_at)}. It is asked for after your password.` : "Six digits from your phone, after your password."}
          </p>
        </div>
        {factors.totp ? (
          <Button busy={removing.isLoading} onClick={() => setAsked(true)}>
            Remove authenticator
          </Button>
        ) : (
          <Button variant="primary" busy={begun.isLoading} onClick={setUp}>
            Set up authenticator
          </Button>
        )}
      </div>
      {error && (
        <div className="mt-3">
          <ErrorNotice error={error} />
        </div>
      )}
      <SetUpDialog
        totp={begun.data ?? null}
        onClose={begun.reset}
        onDone={(codes) => {
          begun.reset()
          dispatch(showToast("Your authenticator app is set up"))
          if (codes) onCodes(codes)
        }}
      />
      <ConfirmDialog
        open={asked}
        title="Remove your authenticator app?"
        text={
          factors.passkeys.length > 0
            ? "Its codes no longer count. Your passkeys still do."
            : "Its codes no longer count, and your password alone lets you in. Your recovery codes go with it."
        }
        confirmLabel="Remove"
        onConfirm={() => void takeAway()}
        onClose={() => setAsked(false)}
      />
    </>
  )
}

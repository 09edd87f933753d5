import { useState } from "react"
import type { SecondFactors } from "@/lib/api/types"
import { Button } from "@/ui/Button"
import { ConfirmDialog } from "@/ui/ConfirmDialog"
import { Icon } from "@/ui/icons"
import { ErrorNotice } from "@/ui/states"
import { useMakeRecoveryCodesMutation } from "./api"

const MADE = 10
const FEW = 3

/** How many are left; new ones make the old ones worthless, so that asks first. */
export function RecoveryCodesLeft({ factors, onCodes }: { factors: SecondFactors; onCodes: (codes: string[]) => void }) {
  const [make, { isLoading, error }] = useMakeRecoveryCodesMutation()
  const [asked, setAsked] = useState(false)
  const left = factors.recovery_codes_left
  const hasFactor = factors.totp !== null || factors.passkeys.length > 0

  const makeNew = async () => {
    const { data } = await make()
    if (data) onCodes(data.recovery_codes)
  }
  return (
    <>
      <div className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg border border-line px-3 py-3">
        <Icon name="checklist" className="size-5 text-ink-faint" />
        <div className="min-w-0 flex-1 basis-48">
          <p className="text-base font-medium text-ink">Recovery codes</p>
          <p className={`text-xs ${hasFactor && left <= FEW ? "text-warning-ink" : "text-ink-faint"}`}>
            {hasFactor ? `${left} of ${MADE} left. Each lets you in once without your phone.` : "You get ten of them with your authenticator app or first passkey."}
          </p>
        </div>
        {hasFactor && (
          <Button busy={isLoading} onClick={() => (left > 0 ? setAsked(true) : void makeNew())}>
            Make new codes
          </Button>
        )}
      </div>
      {error && (
        <div className="mt-3">
          <ErrorNotice error={error} />
        </div>
      )}
      <ConfirmDialog
        open={asked}
        title="Make new recovery codes?"
        text="The ones you have saved no longer count from then on."
        confirmLabel="Make new codes"
        onConfirm={() => void makeNew()}
        onClose={() => setAsked(false)}
      />
    </>
  )
}

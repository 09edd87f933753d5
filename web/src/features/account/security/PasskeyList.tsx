import { useState } from "react"
import type { Passkey } from "@/lib/api/types"
import { hasPasskeys } from "@/lib/passkeys"
import { problemMessage } from "@/lib/api/problem"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { useLast } from "@/lib/useLast"
import { Badge } from "@/ui/Badge"
import { Button, IconButton } from "@/ui/Button"
import { ConfirmDialog } from "@/ui/ConfirmDialog"
import { Icon } from "@/ui/icons"
import { RelativeTime } from "@/ui/RelativeTime"
import { AddPasskeyDialog } from "./AddPasskeyDialog"
import { useRemovePasskeyMutation } from "./api"
import { RenamePasskeyDialog } from "./RenamePasskeyDialog"

/** Passkeys: instead of the password, or after it. */
export function PasskeyList({ passkeys, onCodes }: { passkeys: Passkey[]; onCodes: (codes: string[]) => void }) {
  const dispatch = useAppDispatch()
  const [remove] = useRemovePasskeyMutation()
  const [adding, setAdding] = useState(false)
  const [renaming, setRenaming] = useState<Passkey | null>(null)
  const [asked, setAsked] = useState<Passkey | null>(null)
  const shown = useLast(asked)

  const takeAway = async ({ id, name }: Passkey) => {
    const { error } = await remove(id)
    dispatch(error ? showToast(problemMessage(error), { tone: "danger" }) : showToast(`Removed the passkey “${name}”`))
  }
  return (
    <>
      {passkeys.length > 0 && (
        <ul aria-label="Passkeys" className="mb-4 divide-y divide-line rounded-lg border border-line">
          {passkeys.map((passkey) => (
            <li key={passkey.id} className="flex items-center gap-3 px-3 py-2.5">
              <Icon name="key" className="size-5 text-ink-faint" />
              <div className="min-w-0 flex-1">
                <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-base font-medium break-words text-ink">
                  {passkey.name}
                  {passkey.is_backed_up && <Badge>Synced</Badge>}
                </p>
                <p className="text-xs text-ink-faint">
                  {passkey.last_used_at ? (
                    <>
                      Last used <RelativeTime iso={passkey.last_used_at} />
                    </>
                  ) : (
                    "Not used yet"
                  )}
                  , added <RelativeTime iso={passkey.created_at} />
                </p>
              </div>
              <IconButton icon="edit" label={`Rename ${passkey.name}`} onClick={() => setRenaming(passkey)} />
              <IconButton icon="trash" label={`Remove ${passkey.name}`} onClick={() => setAsked(passkey)} />
            </li>
          ))}
        </ul>
      )}
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="min-w-0 flex-1 basis-56 text-sm text-ink-faint">
          {hasPasskeys() ? "Your fingerprint, face or security key signs you in, without a password." : "This browser has no passkeys, or not at an address without https."}
        </p>
        {hasPasskeys() && (
          <Button icon="plus" onClick={() => setAdding(true)}>
            Add a passkey
          </Button>
        )}
      </div>
      <AddPasskeyDialog open={adding} onClose={() => setAdding(false)} onCodes={onCodes} />
      <RenamePasskeyDialog passkey={renaming} onClose={() => setRenaming(null)} />
      <ConfirmDialog
        open={asked !== null}
        title={`Remove “${shown?.name ?? ""}”?`}
        text="It no longer opens this workspace. Delete it from your device, too, so that it does not offer it any more."
        confirmLabel="Remove passkey"
        onConfirm={() => asked && void takeAway(asked)}
        onClose={() => setAsked(null)}
      />
    </>
  )
}

import { useState, type ReactNode } from "react"
import { useSignOutMutation } from "@/features/auth/api"
import { useAppSelector } from "@/lib/store"
import { selectWaiting } from "@/lib/sync/select"
import { lazyDialog } from "@/ui/lazyDialog"

const ConfirmDialog = lazyDialog(async () => (await import("@/ui/ConfirmDialog")).ConfirmDialog)

/** Signs out, and asks first where something would be lost by it: in the dialog that it gives back. */
export function useSignOut(): { signOut: () => void; question: ReactNode } {
  const [send] = useSignOutMutation()
  const waiting = useAppSelector(selectWaiting)
  const [confirming, setConfirming] = useState(false)
  return {
    signOut: () => (waiting > 0 ? setConfirming(true) : void send()),
    question: (
      <ConfirmDialog
        open={confirming}
        title="Sign out now?"
        text={`${waiting === 1 ? "1 change has" : `${waiting} changes have`} not been sent yet, and would be lost.`}
        confirmLabel="Sign out and lose them"
        onConfirm={() => void send()}
        onClose={() => setConfirming(false)}
      />
    ),
  }
}

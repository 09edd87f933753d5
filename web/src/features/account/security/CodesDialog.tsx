import { selectWorkspace } from "@/lib/session"
import { useAppSelector } from "@/lib/store"
import { useLast } from "@/lib/useLast"
import { Dialog } from "@/ui/Dialog"
import { RecoveryCodes } from "@/ui/RecoveryCodes"

interface CodesDialogProps {
  /** Null: closed. */
  codes: string[] | null
  onClose: () => void
}

/** Recovery codes, the one time that they are shown. */
export function CodesDialog({ codes, onClose }: CodesDialogProps) {
  const workspace = useAppSelector(selectWorkspace)
  const shown = useLast(codes)
  // A click beside it must not lose what can't be had again: only its buttons close it.
  return (
    <Dialog open={codes !== null} onClose={onClose} title="Your recovery codes" width="max-w-md" stays>
      {shown && <RecoveryCodes codes={shown} workspace={workspace?.slug ?? ""} onSaved={onClose} />}
    </Dialog>
  )
}

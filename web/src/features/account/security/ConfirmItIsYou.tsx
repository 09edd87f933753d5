import { useEffect, useRef, useState } from "react"
import { answerConfirmations } from "@/lib/api/confirmation"
import { lazyDialog } from "@/ui/lazyDialog"

const ConfirmDialog = lazyDialog(async () => (await import("./ConfirmQuestion")).ConfirmQuestion)

/** Opens whenever the server wants to know once more who it is; whatever was asked then goes on by itself. */
export function ConfirmItIsYou() {
  const [open, setOpen] = useState(false)
  const settle = useRef<(confirmed: boolean) => void>(undefined)

  useEffect(() => {
    const takeAway = answerConfirmations(
      () =>
        new Promise<boolean>((resolve) => {
          settle.current = resolve
          setOpen(true)
        }),
    )
    return () => {
      takeAway()
      settle.current?.(false)
    }
  }, [])

  const close = (confirmed: boolean) => {
    setOpen(false)
    settle.current?.(confirmed)
  }
  return <ConfirmDialog open={open} onConfirmed={() => close(true)} onCancel={() => close(false)} />
}

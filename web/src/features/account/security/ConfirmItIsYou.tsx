import { lazy, Suspense, useEffect, useRef, useState } from "react"
import { answerConfirmations } from "@/lib/api/confirmation"
import { Dialog } from "@/ui/Dialog"
import { Skeleton } from "@/ui/states"

const ConfirmQuestion = lazy(async () => ({ default: (await import("./ConfirmQuestion")).ConfirmQuestion }))

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
  return (
    <Dialog open={open} onClose={() => close(false)} title="Confirm that it is you" width="max-w-sm">
      <Suspense fallback={<Skeleton className="h-24" />}>
        <ConfirmQuestion onConfirmed={() => close(true)} onCancel={() => close(false)} />
      </Suspense>
    </Dialog>
  )
}

import { useEffect } from "react"
import { useAppDispatch, useAppSelector } from "@/lib/store"
import { dismissToast, runToastAction, type Toast } from "@/lib/toasts"
import { Button, IconButton } from "./Button"
import { Icon } from "./icons"

const LASTS = 6_000
const LASTS_WITH_ACTION = 10_000

export function Toaster() {
  const toasts = useAppSelector((state) => state.toasts)
  return (
    <div
      role="region"
      aria-label="Notifications"
      aria-live="polite"
      className="pointer-events-none fixed inset-x-3 bottom-3 z-60 flex flex-col items-center gap-2 sm:inset-x-auto sm:bottom-5 sm:left-1/2 sm:-translate-x-1/2"
    >
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </div>
  )
}

function ToastCard({ toast }: { toast: Toast }) {
  const dispatch = useAppDispatch()
  const lasts = toast.actionLabel ? LASTS_WITH_ACTION : LASTS
  useEffect(() => {
    if (toast.stays) return
    const timer = setTimeout(() => dispatch(dismissToast(toast.id)), lasts)
    return () => clearTimeout(timer)
  }, [dispatch, lasts, toast.id, toast.stays])

  return (
    <div
      role={toast.tone === "danger" ? "alert" : "status"}
      className="pointer-events-auto flex max-w-md animate-[rise_160ms_ease-out] items-center gap-2 rounded-lg border border-line bg-raised py-1.5 pr-1.5 pl-3 text-sm text-ink shadow-pop"
    >
      {toast.tone === "danger" && <Icon name="alert" className="size-4 text-danger-ink" />}
      <p className="py-1">{toast.text}</p>
      {toast.actionLabel && (
        <Button
          size="sm"
          variant="ghost"
          className="text-accent-ink!"
          onClick={() => {
            runToastAction(toast.id)
            dispatch(dismissToast(toast.id))
          }}
        >
          {toast.actionLabel}
        </Button>
      )}
      <IconButton icon="close" label="Dismiss" onClick={() => dispatch(dismissToast(toast.id))} />
    </div>
  )
}

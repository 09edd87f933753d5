import { useAppSelector } from "@/lib/store"
import { selectLink, selectWaiting } from "@/lib/sync/select"
import { Icon } from "@/ui/icons"

/** Says that the server is out of reach, and that nothing is lost by it. The region is always there, to be heard when it fills. */
export function OfflineBanner() {
  const isDown = useAppSelector(selectLink) === "down"
  const waiting = useAppSelector(selectWaiting)
  return (
    <div role="status" aria-label="Connection">
      {isDown && (
        <p className="flex items-center justify-center gap-2 border-b border-line bg-warning-soft px-4 py-1.5 text-center text-sm text-warning-ink">
          <Icon name="alert" className="size-4 shrink-0" />
          {navigator.onLine ? "The server can’t be reached just now." : "You’re offline."}{" "}
          {waiting === 0 ? "You can go on working." : `${counted(waiting)} to be sent.`}
        </p>
      )}
    </div>
  )
}

function counted(waiting: number): string {
  return waiting === 1 ? "1 change waits" : `${waiting} changes wait`
}

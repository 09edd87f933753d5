import { useState } from "react"
import type { Session } from "@/lib/api/types"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { Badge } from "@/ui/Badge"
import { Button } from "@/ui/Button"
import { ConfirmDialog } from "@/ui/ConfirmDialog"
import { Icon } from "@/ui/icons"
import { RelativeTime } from "@/ui/RelativeTime"
import { ErrorNotice, Skeleton } from "@/ui/states"
import { useEndOtherSessionsMutation, useEndSessionMutation, useGetSessionsQuery } from "./api"
import { describeDevice } from "./describeDevice"

/** Where somebody is signed in; this device stays. */
export function SessionList() {
  const dispatch = useAppDispatch()
  const { data: sessions, error, refetch } = useGetSessionsQuery(undefined, { refetchOnMountOrArgChange: true })
  const [endOne] = useEndSessionMutation()
  const [endOthers] = useEndOtherSessionsMutation()
  const [asked, setAsked] = useState<Session | "all others" | null>(null)

  if (error && !sessions) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!sessions) return <Skeleton className="h-32 rounded-lg" />

  const ordered = [...sessions].sort((one, other) => Number(other.is_current) - Number(one.is_current))
  const others = sessions.filter(({ is_current }) => !is_current).length
  const end = async () => {
    if (asked === "all others") {
      if (!(await endOthers()).error) dispatch(showToast("Signed out everywhere else"))
    } else if (asked) {
      if (!(await endOne(asked)).error) dispatch(showToast(`Signed out ${describeDevice(asked.user_agent).name}`))
    }
  }

  return (
    <>
      <ul aria-label="Sessions" className="divide-y divide-line rounded-lg border border-line">
        {ordered.map((session) => (
          <SessionRow key={session.id} session={session} onEnd={() => setAsked(session)} />
        ))}
      </ul>
      <div className="mt-4 flex flex-wrap items-center justify-between gap-2">
        <p className="text-sm text-ink-faint">{others === 0 ? "You are signed in nowhere else." : "Don’t know one of these? End it, and change your password."}</p>
        {others > 0 && <Button onClick={() => setAsked("all others")}>End all other sessions</Button>}
      </div>
      <ConfirmDialog
        open={asked !== null}
        title={asked === "all others" ? "End all other sessions?" : "End this session?"}
        text={
          asked === "all others"
            ? "Every device but this one is signed out at once. Whatever was not saved there is lost."
            : "That device is signed out at once. Whatever was not saved there is lost."
        }
        confirmLabel={asked === "all others" ? "End all others" : "End session"}
        onConfirm={() => void end()}
        onClose={() => setAsked(null)}
      />
    </>
  )
}

function SessionRow({ session, onEnd }: { session: Session; onEnd: () => void }) {
  const device = describeDevice(session.user_agent)
  return (
    <li className="flex items-center gap-3 px-3 py-2.5">
      <Icon name={device.isHandheld ? "phone" : "monitor"} className="size-5 text-ink-faint" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-base font-medium text-ink" title={session.user_agent ?? undefined}>
          {device.name}
          {session.is_current && <Badge tone="accent">This device</Badge>}
        </p>
        <p className="text-xs text-ink-faint">
          Last used <RelativeTime iso={session.last_used_at} />, signed in <RelativeTime iso={session.created_at} />
        </p>
      </div>
      {!session.is_current && (
        <Button size="sm" variant="ghost" aria-label={`End session: ${device.name}`} onClick={onEnd}>
          End
        </Button>
      )}
    </li>
  )
}

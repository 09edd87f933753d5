import { useCallback, useEffect, useRef, useState, type ReactNode } from "react"
import { useRestoreSessionMutation } from "@/features/auth/api"
import { useSignOutFromOtherTabs } from "@/features/auth/otherTabs"
import { selectSession } from "@/lib/session"
import { useAppSelector } from "@/lib/store"
import { Button } from "@/ui/Button"
import { EmptyState } from "@/ui/states"
import { Splash } from "./Splash"

/** Before anything else: is somebody still signed in? Only the refresh cookie knows. */
export function RestoreSession({ children }: { children: ReactNode }) {
  const { status } = useAppSelector(selectSession)
  const [restore] = useRestoreSessionMutation()
  const [unreachable, setUnreachable] = useState(false)
  const asked = useRef(false)
  useSignOutFromOtherTabs()

  const ask = useCallback(async () => {
    setUnreachable(false)
    const { data } = await restore()
    setUnreachable(data?.kind === "unavailable")
  }, [restore])

  useEffect(() => {
    if (asked.current) return
    asked.current = true
    void ask()
  }, [ask])

  if (status !== "restoring") return children
  if (!unreachable) return <Splash />
  return (
    <main role="alert">
      <EmptyState
        icon="alert"
        title="ProjectFlow can’t be reached"
        text="Your network may be down, or the server is being restarted. Nothing is lost."
      >
        <Button variant="primary" onClick={() => void ask()}>
          Try again
        </Button>
      </EmptyState>
    </main>
  )
}

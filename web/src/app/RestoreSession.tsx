import { useCallback, useEffect, useRef, useState, type ReactNode } from "react"
import { useRestoreSessionMutation } from "@/features/auth/api"
import { useSignOutFromOtherTabs } from "@/features/auth/otherTabs"
import { readRememberedSession, selectSession, sessionRemembered } from "@/lib/session"
import { useAppDispatch, useAppSelector } from "@/lib/store"
import { useForgettingAtSignOut } from "@/lib/sync/hooks"
import { Button } from "@/ui/Button"
import { EmptyState } from "@/ui/states"
import { Splash } from "./Splash"

/** Before anything else: is somebody still signed in? Only the refresh cookie knows; meanwhile whoever was here last sees what is kept here. */
export function RestoreSession({ children }: { children: ReactNode }) {
  const dispatch = useAppDispatch()
  const { status } = useAppSelector(selectSession)
  const [restore] = useRestoreSessionMutation()
  const [unreachable, setUnreachable] = useState(false)
  const asked = useRef(false)
  useSignOutFromOtherTabs()
  useForgettingAtSignOut()

  const ask = useCallback(async () => {
    setUnreachable(false)
    const { data } = await restore()
    setUnreachable(data?.kind === "unavailable")
  }, [restore])

  useEffect(() => {
    if (asked.current) return
    asked.current = true
    const remembered = readRememberedSession()
    if (remembered) dispatch(sessionRemembered(remembered))
    void ask()
  }, [ask, dispatch])

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

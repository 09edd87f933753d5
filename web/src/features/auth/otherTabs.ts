import { useEffect } from "react"
import { signedOut } from "@/lib/session"
import { useAppDispatch } from "@/lib/store"

const channel = "BroadcastChannel" in window ? new BroadcastChannel("projectflow.session") : null

export function tellOtherTabs(): void {
  channel?.postMessage("signed-out")
}

/** Somebody who signs out in one tab has signed out in all of them. */
export function useSignOutFromOtherTabs(): void {
  const dispatch = useAppDispatch()
  useEffect(() => {
    const onMessage = () => void dispatch(signedOut())
    channel?.addEventListener("message", onMessage)
    return () => channel?.removeEventListener("message", onMessage)
  }, [dispatch])
}

import type { AuthResult } from "./types"

export type RefreshOutcome =
  | { kind: "renewed"; auth: AuthResult }
  | { kind: "ended" }
  | { kind: "unavailable" }

type Refresh = () => Promise<RefreshOutcome>

const LOCK = "projectflow.refresh"
let running: Promise<RefreshOutcome> | null = null

/**
 * One refresh at a time. Inside a tab all callers share it; across tabs the lock makes them queue, because the
 * refresh cookie is replaced by every use and a second use of the old one would end the session.
 */
export function refreshOnce(refresh: Refresh): Promise<RefreshOutcome> {
  running ??= acrossTabs(refresh).finally(() => {
    running = null
  })
  return running
}

async function acrossTabs(refresh: Refresh): Promise<RefreshOutcome> {
  if (hasLocks()) return navigator.locks.request(LOCK, refresh)
  // Plain http on a local network has no locks. If another tab won the race, its new cookie is there shortly after.
  const first = await refresh()
  if (first.kind !== "ended") return first
  await new Promise((resolve) => setTimeout(resolve, 300))
  return refresh()
}

function hasLocks(): boolean {
  return "locks" in navigator
}

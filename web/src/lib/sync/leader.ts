/**
 * One tab of a browser leads: it has the socket, fetches and sends. When it goes, the lock goes to the next that waits.
 * Without Web Locks (plain http on a local network) every tab leads itself; keys and versions keep that harmless.
 */
export function lead(name: string, takeOver: () => () => void): { resign: () => void } {
  const ending = new AbortController()
  if (!("locks" in navigator)) {
    const stop = takeOver()
    return { resign: stop }
  }
  navigator.locks
    .request(name, { signal: ending.signal }, async () => {
      if (ending.signal.aborted) return
      const stop = takeOver()
      // The signal does not take away a lock that is held.
      await new Promise<void>((resolve) => ending.signal.addEventListener("abort", () => resolve()))
      stop()
    })
    .catch(() => undefined) // given up while waiting
  return { resign: () => ending.abort() }
}

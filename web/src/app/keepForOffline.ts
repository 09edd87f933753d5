/** Has the browser keep the app itself, once it is on screen: what is shown comes first. */
export function keepForOffline(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return
  const register = () => void navigator.serviceWorker.register("/sw.js").catch(() => undefined) // some private windows refuse
  if ("requestIdleCallback" in window) requestIdleCallback(register)
  else setTimeout(register, 2_000)
}

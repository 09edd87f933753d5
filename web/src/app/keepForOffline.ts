const HOUR = 3_600_000

/** Has the browser keep the app itself, once it is on screen: what is shown comes first. Tells of a newer version that has arrived. */
export function keepForOffline(onNewVersion: () => void): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return
  const { serviceWorker } = navigator
  // The first one that a page ever gets is no news.
  if (serviceWorker.controller) serviceWorker.addEventListener("controllerchange", onNewVersion, { once: true })
  const register = () =>
    void serviceWorker
      .register("/sw.js")
      // Tabs stay open for weeks.
      .then((registration) => setInterval(() => void registration.update().catch(() => undefined), HOUR))
      .catch(() => undefined) // some private windows refuse
  if ("requestIdleCallback" in window) requestIdleCallback(register)
  else setTimeout(register, 2_000)
}

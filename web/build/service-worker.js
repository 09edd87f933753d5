// The app itself, kept for when there is no network; the build fills in what it consists of. Data is never kept here:
// requests to the API are left alone, and what people see offline comes out of IndexedDB.
const VERSION = "__VERSION__"
const FILES = ["__FILES__"]
const CACHE = `projectflow-app-${VERSION}`

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(FILES))
      .then(() => self.skipWaiting()),
  )
})

// The version before is kept too: a tab that still runs it finds the parts it has not loaded yet.
self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((name) => name.startsWith("projectflow-app-") && name !== CACHE).slice(0, -1))
      .then((old) => Promise.all(old.map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  )
})

self.addEventListener("fetch", (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== "GET" || origin !== self.location.origin) return
  // A page is asked for first: a new version of the app is there with the next visit.
  if (request.mode === "navigate") {
    if (isPage(pathname)) event.respondWith(fetch(request).catch(() => caches.match("/", { cacheName: CACHE })))
    return
  }
  // What is named after its content never changes, whichever version it is of.
  if (pathname.startsWith("/assets/")) event.respondWith(caches.match(pathname).then((kept) => kept ?? fetch(request)))
  else if (FILES.includes(pathname)) event.respondWith(caches.match(pathname, { cacheName: CACHE }).then((kept) => kept ?? fetch(request)))
})

/** Not one of the server's own, like the API's reference. */
function isPage(pathname) {
  return !/^\/(api|schema|graphql|files|avatars|docs-assets|\.well-known)(\/|$)/.test(pathname)
}

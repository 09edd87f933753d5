/** An imported address is whatever the export said: only what a browser fetches becomes a link, never `javascript:`. */
export function safeHref(url: string | null): string | undefined {
  if (url === null) return undefined
  return /^(https?:)?\/\//i.test(url) || url.startsWith("/") ? url : undefined
}

export const SLUG = /^[a-z0-9](?:[a-z0-9-]{1,48}[a-z0-9])$/

/** "Café Müller & Söhne" → "cafe-muller-sohne": an address people can say on the phone. */
export function suggestSlug(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/ß/g, "ss")
    .replace(/['’]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 50)
    .replace(/^-+|-+$/g, "")
}

export const PROJECT_KEY = /^[A-Z][A-Z0-9]{1,9}$/

/** "Website relaunch" → "WR", "Marketing" → "MARK": short, because it stands before every task's number. */
export function suggestKey(name: string): string {
  const words = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toUpperCase()
    .split(/[^A-Z0-9]+/)
    .filter(Boolean)
  const letters = words.length > 1 ? words.map((word) => word.charAt(0)).join("") : (words[0] ?? "").slice(0, 4)
  return letters.replace(/^[0-9]+/, "").slice(0, 5)
}

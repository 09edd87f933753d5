const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/**
 * A rank between two others, for the screen alone: the server gives the real one. Ranks are compared as text; `null` is
 * the end that is open. After David Greenspan, "Implementing Fractional Indexing" (observablehq.com/@dgreensp).
 */
export function between(lower: string, upper: string | null): string {
  if (upper !== null) {
    let same = 0
    while (same < upper.length && (lower[same] ?? "0") === upper[same]) same++
    if (same > 0) return upper.slice(0, same) + between(lower.slice(same), upper.slice(same) || null)
  }
  const low = lower ? DIGITS.indexOf(lower.charAt(0)) : 0
  const high = upper ? DIGITS.indexOf(upper.charAt(0)) : DIGITS.length
  if (high - low > 1) return DIGITS.charAt(Math.floor((low + high) / 2))
  if (upper !== null && upper.length > 1) return upper.charAt(0)
  return DIGITS.charAt(low) + between(lower.slice(1), null)
}

const FIRST = 600
const SLOWEST = 5_000
const GIVE_UP_AFTER = 150

/** How long to wait before asking for the nth time; null when it is time to stop asking by itself. */
export function pollDelay(asked: number): number | null {
  if (asked >= GIVE_UP_AFTER) return null
  return Math.min(SLOWEST, Math.round(FIRST * 1.25 ** asked))
}

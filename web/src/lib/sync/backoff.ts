const FIRST_MS = 500
const LONGEST_MS = 30_000

/** How long to wait before the nth try (from 0): doubled each time, and spread so that not all come back at once. */
export function backoff(tries: number, random: () => number = Math.random): number {
  const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** tries)
  return most / 2 + (most / 2) * random()
}

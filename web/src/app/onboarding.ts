/** Goes along to the first project of a workspace, where people are invited next. */
export const JUST_STARTED = { justStarted: true }

export function hasJustStarted(state: unknown): boolean {
  return typeof state === "object" && state !== null && "justStarted" in state
}

const lastTurn = new Map<string, Promise<unknown>>()
const ownVersions = new Map<string, number>()

interface Answer {
  data?: unknown
  error?: unknown
}

/**
 * Sends the writes to one task one after the other, each with the version the one before produced. Two quick moves
 * of a card are then no conflict with ourselves, while a change by somebody else still is one.
 */
export function inTurn<Result extends Answer>(
  taskId: string,
  seenVersion: number,
  write: (version: number) => PromiseLike<Result> | Result,
): Promise<Result> {
  const turn = (lastTurn.get(taskId) ?? Promise.resolve()).then(async () => {
    const result = await write(Math.max(seenVersion, ownVersions.get(taskId) ?? 0))
    if (hasVersion(result.data)) ownVersions.set(taskId, result.data.version)
    return result
  })
  const settled = turn.catch(() => undefined)
  lastTurn.set(taskId, settled)
  void settled.then(() => {
    if (lastTurn.get(taskId) === settled) lastTurn.delete(taskId)
  })
  return turn
}

function hasVersion(data: unknown): data is { version: number } {
  return typeof data === "object" && data !== null && "version" in data && typeof data.version === "number"
}

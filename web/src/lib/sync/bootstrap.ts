import { call, type Answer, type Store } from "./call"
import { keyOf, type Model, type Row } from "./models"
import type { Table, Tables } from "./slice"

export interface Bootstrap {
  tables: Tables
  seq: number
}

type Line =
  | { bootstrap: { seq: number; counts: Record<Model, number> } }
  | { model: Model; row: Row }
  | { end: { rows: number } }

const LONGEST_MS = 300_000
/** As long as a frame may be held up. */
const SLICE_MS = 8

/** Fetches a workspace (or one project of it) as a stream. One that breaks off is an error, never half a workspace. */
export async function fetchBootstrap(store: Store, project?: string, signal?: AbortSignal): Promise<Answer<Bootstrap>> {
  const url = project ? `/sync/bootstrap?project_id=${encodeURIComponent(project)}` : "/sync/bootstrap"
  const read = (response: Response): Promise<unknown> => (response.ok && response.body ? readRows(response.body) : response.json())
  return call<Bootstrap>(store, { url, timeout: LONGEST_MS, responseHandler: read }, signal ? { signal } : {})
}

export async function readRows(stream: ReadableStream<BufferSource>): Promise<Bootstrap> {
  const tables: Record<Model, Table> = {}
  let seq: number | undefined
  let rows = 0
  let ended = false
  let since = performance.now()
  for await (const text of lines(stream)) {
    const line = JSON.parse(text) as Line
    if ("model" in line) {
      const id = keyOf(line.model, line.row)
      const table = (tables[line.model] ??= { ids: [], entities: {} })
      if (!(id in table.entities)) table.ids.push(id)
      table.entities[id] = line.row
      rows += 1
    } else if ("bootstrap" in line) seq = line.bootstrap.seq
    else ended = line.end.rows === rows
    if (performance.now() - since > SLICE_MS) {
      await aFrame()
      since = performance.now()
    }
  }
  if (!ended || seq === undefined) throw new Error("the bootstrap broke off")
  return { tables, seq }
}

async function* lines(stream: ReadableStream<BufferSource>): AsyncGenerator<string> {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ""
  for (;;) {
    const { value, done } = await reader.read()
    if (done) break
    const parts = (rest + value).split("\n")
    rest = parts.pop() ?? ""
    for (const part of parts) if (part) yield part
  }
  if (rest.trim()) yield rest
}

function aFrame(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve))
}

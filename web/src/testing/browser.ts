import { vi } from "vitest"

type Grant = (lock: object | null) => Promise<unknown>

/** Web Locks as far as the tabs use them: one holder a name, the others wait in turn. */
export function fakeLocks(): void {
  const held = new Map<string, Promise<unknown>>()
  const request = async (name: string, ...rest: [{ signal?: AbortSignal }, Grant] | [Grant]) => {
    const [options, grant] = rest.length === 2 ? rest : [{}, rest[0]]
    const turn = (held.get(name) ?? Promise.resolve()).catch(() => undefined).then(() => {
      if (options.signal?.aborted) throw new DOMException("given up", "AbortError")
      return grant({})
    })
    held.set(name, turn)
    return turn
  }
  Object.defineProperty(navigator, "locks", { configurable: true, value: { request } })
}

/** A socket that speaks graphql-transport-ws from the server's side. */
export class FakeSocket extends EventTarget {
  static all: FakeSocket[] = []
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static readonly CLOSING = 2
  static readonly CLOSED = 3
  readyState = 0
  sent: { type: string; id?: string; payload?: { query?: string } }[] = []
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: ((event: { code: number; reason: string; wasClean: boolean }) => void) | null = null
  onerror: (() => void) | null = null

  constructor() {
    super()
    FakeSocket.all.push(this)
    queueMicrotask(() => {
      this.readyState = FakeSocket.OPEN
      this.onopen?.()
    })
  }

  static open(): FakeSocket[] {
    return FakeSocket.all.filter(({ readyState }) => readyState === FakeSocket.OPEN)
  }

  static install(): void {
    FakeSocket.all = []
    vi.stubGlobal("WebSocket", FakeSocket)
  }

  send(text: string): void {
    const message = JSON.parse(text) as (typeof this.sent)[number]
    this.sent.push(message)
    if (message.type === "connection_init") this.tell({ type: "connection_ack" })
  }

  /** An event of the workspace. */
  event(seq: number): void {
    const id = this.sent.find(({ payload }) => payload?.query?.includes("workspaceEvents"))?.id
    this.tell({ type: "next", id, payload: { data: { workspaceEvents: { seq } } } })
  }

  close(code = 1000, reason = ""): void {
    if (this.readyState >= FakeSocket.CLOSING) return
    this.readyState = FakeSocket.CLOSED
    queueMicrotask(() => this.onclose?.({ code, reason, wasClean: true }))
  }

  private tell(message: object): void {
    queueMicrotask(() => this.onmessage?.({ data: JSON.stringify(message) }))
  }
}

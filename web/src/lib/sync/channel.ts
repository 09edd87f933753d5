import type { Action } from "./actions"
import type { Change, SyncEvent } from "./models"
import type { Link, Settled } from "./slice"
import type { Place, Present } from "./watching"

/** What the tabs of one person tell each other. */
export type Message =
  | { kind: "changes"; from: number; seq: number; changes: Change[]; events: SyncEvent[] }
  | { kind: "replaced" }
  | { kind: "queued"; action: Action }
  | { kind: "marked"; action: Action }
  | { kind: "settled"; done: Settled; changes: Change[]; answer: unknown }
  | { kind: "dropped"; id: string }
  | { kind: "refused"; action: Action; text: string; retry?: Action }
  | { kind: "link"; link: Link }
  /** A new tab wants to know how things are; a tab wants the newest; it is there. */
  | { kind: "hello" }
  | { kind: "nudge" }
  | { kind: "caught-up" }
  | { kind: "watch"; tab: string; places: Place[] }
  | { kind: "presence"; place: string; id: string; people: Present[] }

export interface Channel {
  tell: (message: Message) => void
  close: () => void
}

/** To the other tabs; a tab does not hear itself. */
export function openChannel(name: string, hear: (message: Message) => void): Channel {
  if (!("BroadcastChannel" in globalThis)) return { tell: () => undefined, close: () => undefined }
  const channel = new BroadcastChannel(name)
  channel.onmessage = ({ data }: MessageEvent<Message>) => hear(data)
  let open = true
  return {
    // An answer can arrive after its tab has left.
    tell: (message) => {
      if (open) channel.postMessage(message)
    },
    close: () => {
      open = false
      channel.close()
    },
  }
}

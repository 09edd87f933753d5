import type { Action } from "./actions"
import type { Store } from "./call"

type Land = (store: Store, action: Action, answer: unknown) => void

const places = new Map<string, Land>()

/** What a feature keeps of its own beside the store takes an answer in before the action that stood for it goes. */
export function whenAnswered(thing: "comment" | "checklist", land: Land): void {
  places.set(thing, land)
}

export function land(store: Store, action: Action | undefined, answer: unknown): void {
  if (action) places.get(action.type.split(".")[0] ?? "")?.(store, action, answer)
}

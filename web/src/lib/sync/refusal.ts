import { showToast } from "@/lib/toasts"
import type { Action } from "./actions"
import type { Store } from "./call"
import { queued } from "./slice"

export interface Refusal {
  action: Action
  text: string
  /** The same change on what it is now, when they insist. */
  retry?: Action
}

/** Tells somebody that a change was taken back, and what they can do. */
export function explain({ dispatch }: Store, { text, retry }: Refusal, queue: (retry: Action) => void): void {
  if (!retry) {
    dispatch(showToast(text, { tone: "danger" }))
    return
  }
  const insist = () => {
    dispatch(queued(retry))
    queue(retry)
  }
  dispatch(showToast(text, { tone: "danger", action: { label: "Use mine", run: insist } }))
}

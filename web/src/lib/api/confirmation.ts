type Ask = () => Promise<boolean>

let dialog: Ask | null = null
let asking: Promise<boolean> | null = null

/** The one dialog that asks "is it you?" says that it is there. Gives back what takes it away again. */
export function answerConfirmations(ask: Ask): () => void {
  dialog = ask
  return () => {
    if (dialog === ask) dialog = null
  }
}

/** True once they have confirmed; false when they would not, or nobody can ask. Two calls at once ask once. */
export function confirmItIsYou(): Promise<boolean> {
  asking ??= (dialog?.() ?? Promise.resolve(false)).finally(() => {
    asking = null
  })
  return asking
}

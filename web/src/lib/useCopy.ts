import { useAppDispatch } from "./store"
import { showToast } from "./toasts"

/** Copies a text and says so. */
export function useCopy() {
  const dispatch = useAppDispatch()
  return (text: string, done: string) => {
    // The clipboard is out of reach on plain http and when the browser says no.
    const copied = "clipboard" in navigator ? navigator.clipboard.writeText(text) : Promise.reject(new Error("no clipboard"))
    copied.then(
      () => dispatch(showToast(done)),
      () => dispatch(showToast(`Copying is not allowed here. Copy it by hand: ${text}`, { tone: "danger" })),
    )
  }
}

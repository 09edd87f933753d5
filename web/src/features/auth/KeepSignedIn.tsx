import { useState } from "react"
import { keepsSignedIn, setKeepsSignedIn } from "./remembering"

/** On a device of one's own; without it the session ends after an hour without use. */
export function KeepSignedIn() {
  const [keeps, setKeeps] = useState(keepsSignedIn)
  const change = (next: boolean) => {
    setKeeps(next)
    setKeepsSignedIn(next)
  }
  return (
    <label className="flex items-center gap-2 text-sm">
      <input type="checkbox" checked={keeps} onChange={(event) => change(event.target.checked)} className="size-4 accent-accent" />
      Keep me signed in on this device
    </label>
  )
}

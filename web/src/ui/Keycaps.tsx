import { keycaps } from "@/lib/shortcutList"
import { Kbd } from "./Kbd"

/** A key of the list of shortcuts: "mod+k", "g i". */
export function Keycaps({ keys }: { keys: string }) {
  return (
    <span className="flex shrink-0 gap-1">
      {keycaps(keys).map((key, at) => (
        <Kbd key={at}>{key}</Kbd>
      ))}
    </span>
  )
}

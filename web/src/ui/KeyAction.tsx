import type { ComponentProps } from "react"
import { Button, ButtonLink } from "./Button"
import { Keycaps } from "./Keycaps"

interface WithKeys {
  /** The key that does the same: "c", "g i". */
  keys: string
}

/** A button that says its key. */
export function KeyButton({ keys, children, ...rest }: ComponentProps<typeof Button> & WithKeys) {
  return (
    <Button {...rest} {...announced(keys)}>
      {children}
      <Caps keys={keys} />
    </Button>
  )
}

/** A link that looks like a button, and says its key. */
export function KeyLink({ keys, children, ...rest }: ComponentProps<typeof ButtonLink> & WithKeys) {
  return (
    <ButtonLink {...rest} {...announced(keys)}>
      {children}
      <Caps keys={keys} />
    </ButtonLink>
  )
}

function Caps({ keys }: WithKeys) {
  return (
    <span aria-hidden="true" className="ml-0.5 pointer-coarse:hidden">
      <Keycaps keys={keys} />
    </span>
  )
}

// The attribute knows keys pressed together, not one after the other.
function announced(keys: string): { "aria-keyshortcuts"?: string } {
  return keys.includes(" ") ? {} : { "aria-keyshortcuts": keys }
}

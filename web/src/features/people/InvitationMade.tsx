import { useEffect, useRef, useState, type ReactNode } from "react"
import type { Invitation } from "@/lib/api/types"
import { shortDate } from "@/lib/dates"
import { fullName } from "@/lib/people"
import { useCopy } from "@/lib/useCopy"
import { Button } from "@/ui/Button"
import { Field } from "@/ui/Field"
import { Icon } from "@/ui/icons"

interface InvitationMadeProps {
  invitation: Invitation
  onClose: () => void
  /** More to do than being done. */
  children?: ReactNode
}

/** The link, which is shown once, and whether it is on its way by mail. */
export function InvitationMade({ invitation: { user, link, expires_at, mailed }, onClose, children }: InvitationMadeProps) {
  const copy = useCopy()
  const [copied, setCopied] = useState(false)
  const copyButton = useRef<HTMLButtonElement>(null)
  // The form that had the focus is gone; the next thing to do is here.
  useEffect(() => copyButton.current?.focus(), [])
  return (
    <div className="space-y-4">
      <p role="status" className="flex gap-2 text-base text-ink">
        <Icon name="check" className="mt-0.5 size-4 text-success-ink" />
        <span>
          <strong className="font-medium">{fullName(user)}</strong> is invited.{" "}
          {mailed
            ? `A mail to ${user.email} is on its way; you can also hand over the link yourself.`
            : "No mail was sent, because this server has no mail set up: hand over the link yourself."}
        </span>
      </p>
      <div>
        <div className="flex items-end gap-2">
          <Field label="Invitation link" value={link} readOnly onFocus={(event) => event.target.select()} className="min-w-0 flex-1" />
          <Button
            icon={copied ? "check" : "copy"}
            ref={copyButton}
            className="h-9 pointer-coarse:h-11"
            onClick={() => {
              copy(link, "Copied the invitation link")
              setCopied(true)
            }}
          >
            Copy link
          </Button>
        </div>
        <p className="mt-1 text-xs text-ink-faint">
          For {fullName(user)} alone. It counts once, until {shortDate(expires_at)}.
        </p>
      </div>
      <div className="flex justify-end gap-2 pt-1">
        {children}
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      </div>
    </div>
  )
}

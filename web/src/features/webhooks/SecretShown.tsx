import { useEffect, useRef } from "react"
import { Button } from "@/ui/Button"
import { CopyField } from "@/ui/CopyField"

interface SecretShownProps {
  secret: string
  onClose: () => void
}

export function SecretShown({ secret, onClose }: SecretShownProps) {
  const copyButton = useRef<HTMLButtonElement>(null)
  // The form that had the focus is gone; the next thing to do is here.
  useEffect(() => copyButton.current?.focus(), [])
  return (
    <div className="space-y-4">
      <p role="status" className="text-base text-ink">
        Copy the secret now: it is shown this once. The receiver checks with it that events come from here.
      </p>
      <CopyField label="Signing secret" value={secret} done="Copied the signing secret" buttonRef={copyButton} />
      <div className="flex justify-end pt-1">
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      </div>
    </div>
  )
}

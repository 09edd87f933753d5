import { useId } from "react"
import { useCopy } from "@/lib/useCopy"
import { Button } from "./Button"

interface AuthenticatorSecretProps {
  /** An SVG document; it is only ever shown as a picture, in which nothing can run. */
  qrSvg: string
  secret: string
}

/** What an authenticator app needs: to be scanned, or typed. */
export function AuthenticatorSecret({ qrSvg, secret }: AuthenticatorSecretProps) {
  const copy = useCopy()
  const labelId = useId()
  // As a picture of its own an SVG has to say what it is; inside a page it need not.
  const svg = qrSvg.includes("xmlns=") ? qrSvg : qrSvg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"')
  return (
    <div className="space-y-4">
      {/* Cameras want dark on light, whatever the theme. */}
      <div className="mx-auto w-fit rounded-xl border border-line p-3" style={{ background: "#fff" }}>
        <img
          src={`data:image/svg+xml;utf8,${encodeURIComponent(svg)}`}
          alt="QR code for your authenticator app; the key below says the same in letters."
          className="size-44"
        />
      </div>
      <div role="group" aria-labelledby={labelId}>
        <p id={labelId} className="mb-1 text-sm font-medium text-ink">
          Key
        </p>
        <div className="flex items-center gap-2 rounded-md border border-line bg-sunken py-1.5 pr-1.5 pl-3">
          <code className="min-w-0 flex-1 font-mono text-sm break-words text-ink">{inFours(secret)}</code>
          <Button icon="copy" size="sm" aria-label="Copy key" onClick={() => copy(secret, "Copied the key")}>
            Copy
          </Button>
        </div>
        <p className="mt-1 text-xs text-ink-faint">If you can’t scan: type it into the app as a time-based key.</p>
      </div>
    </div>
  )
}

/** Apps do not mind the spaces; people who type do. */
function inFours(secret: string): string {
  return secret.match(/.{1,4}/g)?.join(" ") ?? secret
}

import { useEffect, useRef } from "react"
import { useCopy } from "@/lib/useCopy"
import { Button } from "./Button"

interface RecoveryCodesProps {
  codes: string[]
  /** Names the file: "projectflow-acme-recovery-codes.txt". */
  workspace: string
  onSaved: () => void
}

/** Shown once, right after they were made. */
export function RecoveryCodes({ codes, workspace, onSaved }: RecoveryCodesProps) {
  const copy = useCopy()
  const list = useRef<HTMLUListElement>(null)
  // What had the focus is gone; the next thing to read is here.
  useEffect(() => list.current?.focus(), [])
  return (
    <div className="space-y-4">
      <p className="text-base text-ink-muted">
        Each of these lets you in once, when your phone is lost or your passkey out of reach. Keep them where you keep passwords: they
        are not shown again.
      </p>
      <ul
        ref={list}
        tabIndex={-1}
        aria-label="Recovery codes"
        className="grid grid-cols-1 gap-x-6 gap-y-1.5 rounded-lg border border-line bg-sunken px-4 py-3 font-mono text-base text-ink tabular-nums min-[400px]:grid-cols-2"
      >
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-2">
        <Button icon="copy" onClick={() => copy(codes.join("\n"), "Copied the recovery codes")}>
          Copy
        </Button>
        <Button icon="import" onClick={() => download(codes, workspace)}>
          Download
        </Button>
      </div>
      <Button variant="primary" size="lg" className="w-full" onClick={onSaved}>
        I have saved them
      </Button>
    </div>
  )
}

function download(codes: string[], workspace: string): void {
  const text = `ProjectFlow recovery codes for ${workspace}\nEach works once.\n\n${codes.join("\n")}\n`
  const link = document.createElement("a")
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }))
  link.download = `projectflow-${workspace}-recovery-codes.txt`
  link.click()
  URL.revokeObjectURL(link.href)
}

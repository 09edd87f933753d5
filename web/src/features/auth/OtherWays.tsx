import { hasPasskeys } from "@/lib/passkeys"
import { Button, ButtonLink } from "@/ui/Button"

interface OtherWaysProps {
  sso: { name: string; address: string } | null
  /** There is a workspace to ask for. */
  canAsk: boolean
  busy: boolean
  onPasskey: () => void
}

/** In without a password. */
export function OtherWays({ sso, canAsk, busy, onPasskey }: OtherWaysProps) {
  if (!sso && !hasPasskeys()) return null
  return (
    <div className="mt-5">
      <p className="mb-4 flex items-center gap-3 text-xs text-ink-faint before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">or</p>
      <div className="space-y-2">
        {sso && (
          <ButtonLink to={sso.address} reloadDocument size="lg" className="w-full">
            Sign in with {sso.name}
          </ButtonLink>
        )}
        {hasPasskeys() && (
          <Button size="lg" icon="key" className="w-full" busy={busy} disabled={!canAsk} onClick={onPasskey}>
            Sign in with a passkey
          </Button>
        )}
      </div>
    </div>
  )
}

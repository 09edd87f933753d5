import { useState } from "react"
import { problemMessage } from "@/lib/api/problem"
import type { ScimToken, User } from "@/lib/api/types"
import { fullName } from "@/lib/people"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { Button } from "@/ui/Button"
import { ConfirmDialog } from "@/ui/ConfirmDialog"
import { CopyField } from "@/ui/CopyField"
import { Icon } from "@/ui/icons"
import { RelativeTime } from "@/ui/RelativeTime"
import { ErrorNotice, Skeleton } from "@/ui/states"
import { useGetScimTokensQuery, useRevokeScimTokenMutation } from "./api"
import { NewTokenDialog } from "./NewTokenDialog"

/** The provider's directory adds, changes and deactivates people here (SCIM 2.0, RFC 7644). */
export function ScimTokens({ people }: { people: User[] }) {
  const dispatch = useAppDispatch()
  const { data: tokens, error, refetch } = useGetScimTokensQuery(undefined, { refetchOnMountOrArgChange: true })
  const [revoke] = useRevokeScimTokenMutation()
  const [creating, setCreating] = useState(false)
  const [asked, setAsked] = useState<ScimToken | null>(null)
  const [last, setLast] = useState<ScimToken | null>(null)
  if (asked && asked !== last) setLast(asked)

  const confirm = async (token: ScimToken) => {
    const { error: refused } = await revoke(token.id)
    dispatch(refused ? showToast(problemMessage(refused), { tone: "danger" }) : showToast(`Revoked ${token.name}`))
  }

  return (
    <div className="space-y-4">
      <CopyField
        label="Base address"
        value={`${window.location.origin}/scim/v2`}
        done="Copied the base address"
        hint="The provider asks for it, together with a token."
      />
      {error && !tokens && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!tokens && !error && <Skeleton className="h-14 rounded-lg" />}
      {tokens && tokens.length > 0 && (
        <ul aria-label="Provisioning tokens" className="divide-y divide-line rounded-lg border border-line">
          {tokens.map((token) => (
            <TokenRow key={token.id} token={token} maker={people.find(({ id }) => id === token.created_by)} onRevoke={() => setAsked(token)} />
          ))}
        </ul>
      )}
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="text-sm text-ink-faint">{tokens?.length === 0 && "No token yet: nothing is provisioned."}</p>
        <Button icon="plus" onClick={() => setCreating(true)}>
          New token
        </Button>
      </div>
      <NewTokenDialog open={creating} onClose={() => setCreating(false)} />
      {last && (
        <ConfirmDialog
          open={asked !== null}
          title={`Revoke ${last.name}?`}
          text="What uses it can no longer change people or teams here, from this moment on. Nobody is removed by it. This can’t be undone."
          confirmLabel="Revoke token"
          onConfirm={() => void confirm(last)}
          onClose={() => setAsked(null)}
        />
      )}
    </div>
  )
}

function TokenRow({ token, maker, onRevoke }: { token: ScimToken; maker: User | undefined; onRevoke: () => void }) {
  return (
    <li className="flex items-center gap-3 px-3 py-2.5">
      <Icon name="key" className="size-5 text-ink-faint" />
      <div className="min-w-0 flex-1">
        <p className="truncate text-base font-medium text-ink">{token.name}</p>
        <p className="text-xs text-ink-faint">
          {token.last_used_at ? (
            <>
              Last used <RelativeTime iso={token.last_used_at} />
            </>
          ) : (
            "Never used"
          )}
          , made <RelativeTime iso={token.created_at} />
          {maker && ` by ${fullName(maker)}`}
        </p>
      </div>
      <Button size="sm" variant="ghost" aria-label={`Revoke token: ${token.name}`} onClick={onRevoke}>
        Revoke
      </Button>
    </li>
  )
}

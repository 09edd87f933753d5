import { useState } from "react"
import { problemMessage } from "@/lib/api/problem"
import type { ApiKey } from "@/lib/api/types"
import { shortDate } from "@/lib/dates"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { useLast } from "@/lib/useLast"
import { Badge } from "@/ui/Badge"
import { Button } from "@/ui/Button"
import { ConfirmDialog } from "@/ui/ConfirmDialog"
import { RelativeTime } from "@/ui/RelativeTime"
import { ErrorNotice, Skeleton } from "@/ui/states"
import { useGetMyKeysQuery, useRevokeKeyMutation } from "./api"
import { NewKeyDialog, type KeyProject } from "./NewKeyDialog"
import { describeScopes } from "./scopes"

/** Somebody's own API keys. */
export function ApiKeyList({ projects, permissions }: { projects: KeyProject[]; permissions?: string[] | undefined }) {
  const dispatch = useAppDispatch()
  const { data: keys, error, refetch } = useGetMyKeysQuery(undefined, { refetchOnMountOrArgChange: true })
  const [revoke] = useRevokeKeyMutation()
  const [creating, setCreating] = useState(false)
  const [asked, setAsked] = useState<ApiKey | null>(null)
  const shown = useLast(asked)
  // Each key is made in a dialog of its own, so that none shows what the one before held.
  const [round, setRound] = useState(0)
  if (error && !keys) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!keys) return <Skeleton className="h-20 rounded-lg" />

  const create = () => {
    setRound(round + 1)
    setCreating(true)
  }
  const takeAway = async ({ id, name }: ApiKey) => {
    const { error: refused } = await revoke(id)
    dispatch(refused ? showToast(problemMessage(refused), { tone: "danger" }) : showToast(`Revoked “${name}”`))
  }
  return (
    <>
      {keys.length > 0 && (
        <ul aria-label="API keys" className="mb-4 divide-y divide-line rounded-lg border border-line">
          {keys.map((key) => (
            <KeyRow key={key.id} apiKey={key} projects={projects} onRevoke={() => setAsked(key)} />
          ))}
        </ul>
      )}
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="text-sm text-ink-faint">{keys.length === 0 ? "You have none." : "A key never does more than you may."}</p>
        <Button icon="plus" onClick={create}>
          New API key
        </Button>
      </div>
      <NewKeyDialog key={round} open={creating} onClose={() => setCreating(false)} projects={projects} permissions={permissions} />
      <ConfirmDialog
        open={asked !== null}
        title={`Revoke “${shown?.name ?? ""}”?`}
        text="Programs that use it are refused at once. This can’t be undone."
        confirmLabel="Revoke key"
        onConfirm={() => asked && void takeAway(asked)}
        onClose={() => setAsked(null)}
      />
    </>
  )
}

function KeyRow({ apiKey, projects, onRevoke }: { apiKey: ApiKey; projects: KeyProject[]; onRevoke: () => void }) {
  const { name, prefix, scopes, project_ids, expires_at, last_used_at } = apiKey
  const [isOver] = useState(() => expires_at !== null && Date.parse(expires_at) < Date.now())
  return (
    <li className="flex items-start gap-3 px-3 py-2.5">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-base font-medium break-words text-ink">
          {name}
          <code className="font-mono text-xs font-normal text-ink-faint">{prefix}…</code>
          {isOver && <Badge tone="warning">Expired</Badge>}
        </p>
        <p className="text-sm break-words text-ink-muted">
          {describeScopes(scopes)} · {reachOf(project_ids, projects)}
        </p>
        <p className="text-xs text-ink-faint">
          {last_used_at ? (
            <>
              Last used <RelativeTime iso={last_used_at} />
            </>
          ) : (
            "Not used yet"
          )}
          , {expires_at ? `${isOver ? "expired" : "expires"} ${shortDate(expires_at)}` : "never expires"}
        </p>
      </div>
      <Button size="sm" variant="ghost" aria-label={`Revoke ${name}`} onClick={onRevoke}>
        Revoke
      </Button>
    </li>
  )
}

function reachOf(ids: string[] | null, projects: KeyProject[]): string {
  if (ids === null) return "all projects"
  const names = projects.filter(({ id }) => ids.includes(id)).map(({ name }) => name)
  // Archived ones, and those one is no longer in, have no name here.
  const others = ids.length - names.length
  return [...names, ...(others > 0 ? [others === 1 ? "1 other project" : `${others} other projects`] : [])].join(", ")
}

import { useState } from "react"
import { problemMessage } from "@/lib/api/problem"
import type { ApiKey, User } from "@/lib/api/types"
import { shortDate } from "@/lib/dates"
import { fullName } from "@/lib/people"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { Badge } from "@/ui/Badge"
import { Button } from "@/ui/Button"
import { ConfirmDialog } from "@/ui/ConfirmDialog"
import { RelativeTime } from "@/ui/RelativeTime"
import { useRevokeWorkspaceKeyMutation } from "./api"

interface WorkspaceKeysProps {
  keys: ApiKey[]
  people: User[]
  mayRevoke: boolean
}

const head = "px-3 py-2 text-xs font-medium text-ink-faint"
const cell = "px-3 py-2.5 align-top text-sm"

/** Everybody's API keys. */
export function WorkspaceKeys({ keys, people, mayRevoke }: WorkspaceKeysProps) {
  const dispatch = useAppDispatch()
  const [asked, setAsked] = useState<ApiKey | null>(null)
  const [last, setLast] = useState<ApiKey | null>(null)
  const [revoke] = useRevokeWorkspaceKeyMutation()
  if (asked && asked !== last) setLast(asked)

  const nameOf = (userId: string) => {
    const person = people.find(({ id }) => id === userId)
    return person ? fullName(person) : "Somebody"
  }
  const confirm = async (key: ApiKey) => {
    const { error } = await revoke(key.id)
    dispatch(error ? showToast(problemMessage(error), { tone: "danger" }) : showToast(`Revoked ${key.name}`))
  }

  return (
    <>
      <div className="overflow-hidden rounded-lg border border-line">
        <table aria-label="API keys" className="w-full table-fixed border-collapse text-left">
          <thead className="border-b border-line max-sm:hidden">
            <tr>
              <th scope="col" className={head}>
                Key
              </th>
              <th scope="col" className={`${head} w-32`}>
                Person
              </th>
              <th scope="col" className={`${head} w-40`}>
                May
              </th>
              <th scope="col" className={`${head} w-28`}>
                Last used
              </th>
              <th scope="col" className="w-20">
                <span className="sr-only">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {keys.map((key) => (
              <tr key={key.id}>
                <th scope="row" className={`${cell} font-normal`}>
                  <p className="truncate text-base font-medium text-ink">{key.name}</p>
                  <p className="truncate text-xs text-ink-faint">
                    <code className="font-mono">{key.prefix}…</code> · {expiry(key)}
                  </p>
                  <p className="mt-1 text-xs text-ink-muted sm:hidden">
                    {nameOf(key.user_id)} · {key.last_used_at ? <>used <RelativeTime iso={key.last_used_at} /></> : "never used"}
                  </p>
                  <span className="sm:hidden">
                    <Scopes of={key} />
                  </span>
                </th>
                <td className={`${cell} truncate text-ink-muted max-sm:hidden`} title={nameOf(key.user_id)}>
                  {nameOf(key.user_id)}
                </td>
                <td className={`${cell} max-sm:hidden`}>
                  <Scopes of={key} />
                </td>
                <td className={`${cell} text-ink-muted max-sm:hidden`}>
                  <LastUsed at={key.last_used_at} />
                </td>
                <td className="w-20 py-2 pr-2 text-right align-top">
                  {mayRevoke && (
                    <Button size="sm" variant="ghost" aria-label={`Revoke key: ${key.name}`} onClick={() => setAsked(key)}>
                      Revoke
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {last && (
        <ConfirmDialog
          open={asked !== null}
          title={`Revoke ${last.name}?`}
          text={`The key of ${nameOf(last.user_id)} stops working at once, and whatever uses it with it. This can’t be undone.`}
          confirmLabel="Revoke key"
          onConfirm={() => void confirm(last)}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  )
}

function Scopes({ of: { scopes, project_ids } }: { of: ApiKey }) {
  return (
    <span className="flex flex-wrap gap-1">
      {scopes.map((scope) => (
        <Badge key={scope}>{scope === "*:*" ? "everything" : scope}</Badge>
      ))}
      {project_ids && <Badge tone="accent">{project_ids.length === 1 ? "in 1 project" : `in ${project_ids.length} projects`}</Badge>}
    </span>
  )
}

function LastUsed({ at }: { at: string | null }) {
  return at ? <RelativeTime iso={at} /> : <span className="text-ink-faint">Never</span>
}

function expiry({ expires_at }: ApiKey, now: number = Date.now()): string {
  if (!expires_at) return "never expires"
  return `${Date.parse(expires_at) <= now ? "expired" : "expires"} ${shortDate(expires_at)}`
}

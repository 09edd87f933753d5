import { problemMessage } from "@/lib/api/problem"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { Badge, type BadgeTone } from "@/ui/Badge"
import { Button } from "@/ui/Button"
import { RelativeTime } from "@/ui/RelativeTime"
import { ErrorNotice, Skeleton } from "@/ui/states"
import { useGetDeliveriesInfiniteQuery, useRedeliverMutation, type Delivery } from "./api"

const POLL_MS = 5_000

const STATES: Record<Delivery["status"], { label: string; tone: BadgeTone }> = {
  waiting: { label: "Waiting", tone: "neutral" },
  delivered: { label: "Delivered", tone: "success" },
  failed: { label: "Failed", tone: "warning" },
}

interface DeliveriesProps {
  webhookId: string
  maySend: boolean
  /** A paused webhook is sent nothing, old or new. */
  isActive: boolean
}

/** What was sent to a webhook, the newest first, and how it went. */
export function Deliveries({ webhookId, maySend, isActive }: DeliveriesProps) {
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useGetDeliveriesInfiniteQuery(webhookId, {
    refetchOnMountOrArgChange: true,
    pollingInterval: POLL_MS,
    skipPollingIfUnfocused: true,
  })
  const deliveries = data?.pages.flatMap(({ items }) => items)
  if (error && !deliveries) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!deliveries) return <Skeleton className="h-40 rounded-lg" />
  if (deliveries.length === 0) {
    return <p className="text-sm text-ink-muted">Nothing was sent yet. Change a task, say, and its event is here a moment later.</p>
  }
  return (
    <>
      <div className="overflow-hidden rounded-lg border border-line">
        <table aria-label="Deliveries" className="w-full table-fixed border-collapse text-left text-sm">
          <thead className="border-b border-line text-xs text-ink-faint max-sm:sr-only">
            <tr>
              <th scope="col" className="px-3 py-2 font-medium">
                Event
              </th>
              <th scope="col" className="w-48 px-3 py-2 font-medium">
                How it went
              </th>
              <th scope="col" className="w-28">
                <span className="sr-only">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {deliveries.map((delivery) => (
              <DeliveryRow key={delivery.id} webhookId={webhookId} delivery={delivery} maySend={maySend && isActive} />
            ))}
          </tbody>
        </table>
      </div>
      <p className="mt-2 text-xs text-ink-faint">The latest 500 are kept. One that fails is tried again for about a day, under the same id.</p>
      {hasNextPage && (
        <div className="mt-3 flex justify-center">
          <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show older
          </Button>
        </div>
      )}
    </>
  )
}

function DeliveryRow({ webhookId, delivery, maySend }: { webhookId: string; delivery: Delivery; maySend: boolean }) {
  const dispatch = useAppDispatch()
  const [redeliver, { isLoading }] = useRedeliverMutation()
  const { label, tone } = STATES[delivery.status]
  const send = async () => {
    const { error } = await redeliver({ webhookId, id: delivery.id })
    dispatch(error ? showToast(problemMessage(error), { tone: "danger" }) : showToast(`Sending ${delivery.event_type} again`))
  }
  return (
    <tr className="max-sm:flex max-sm:flex-wrap max-sm:items-center max-sm:justify-between">
      <th scope="row" className="px-3 py-2.5 align-top font-normal max-sm:w-full">
        <code className="block truncate font-mono text-xs text-ink" title={delivery.event_type}>
          {delivery.event_type}
        </code>
        <span className="text-xs text-ink-faint">
          <RelativeTime iso={delivery.created_at} />
        </span>
      </th>
      <td className="px-3 py-2.5 align-top">
        <Badge tone={tone}>{label}</Badge>
        <p className="mt-0.5 text-xs break-words text-ink-muted">{answerOf(delivery)}</p>
      </td>
      <td className="py-2 pr-2 text-right align-top">
        {maySend && delivery.status !== "waiting" && (
          <Button size="sm" variant="ghost" busy={isLoading} aria-label={`Send again: ${delivery.event_type}`} onClick={() => void send()}>
            Send again
          </Button>
        )}
      </td>
    </tr>
  )
}

function answerOf({ response_status, error, attempts }: Delivery): string {
  const answer = response_status === null ? error : `Answered ${response_status}`
  const tries = attempts > 1 ? `${attempts} attempts` : null
  return [answer, tries].filter((part) => part !== null).join(", ")
}

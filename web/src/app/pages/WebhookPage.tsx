import { Link, useNavigate, useParams } from "react-router"
import { useMay } from "@/features/roles/useMay"
import { useGetWebhookQuery } from "@/features/webhooks/api"
import { Deliveries } from "@/features/webhooks/Deliveries"
import { describeEvents, stateOf } from "@/features/webhooks/events"
import { WebhookActions } from "@/features/webhooks/WebhookActions"
import { nameOf } from "@/features/webhooks/WebhookList"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { Badge } from "@/ui/Badge"
import { Icon } from "@/ui/icons"
import { RelativeTime } from "@/ui/RelativeTime"
import { ErrorNotice, Skeleton } from "@/ui/states"
import { paths } from "../paths"
import { Section } from "../shell/Section"
import { useSlug } from "../useSlug"

export function WebhookPage() {
  const slug = useSlug()
  const navigate = useNavigate()
  const { webhookId = "" } = useParams()
  const may = useMay()
  const { data: webhook, error, refetch } = useGetWebhookQuery(webhookId, { refetchOnMountOrArgChange: true })
  useDocumentTitle(webhook ? nameOf(webhook) : "Webhook")
  const mayUpdate = may("webhook", "update")
  const state = webhook && stateOf(webhook)

  return (
    <>
      <Link to={paths.webhooks(slug)} className="mb-4 inline-flex items-center gap-1.5 text-sm text-ink-muted hover:text-ink">
        <Icon name="arrowLeft" />
        All webhooks
      </Link>
      {error && !webhook && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!webhook && !error && <Skeleton className="h-40 rounded-xl" />}
      {webhook && state && (
        <>
          <Section title={nameOf(webhook)} text={describeEvents(webhook.event_types)}>
            <p className="mb-2 flex flex-wrap items-center gap-2 text-sm break-all text-ink">
              <Badge tone={state.tone}>{state.label}</Badge>
              {webhook.url}
            </p>
            {webhook.disabled_at && (
              <p className="mb-3 text-sm text-warning-ink">
                It failed for days and was switched off <RelativeTime iso={webhook.disabled_at} />. Mend the receiver, then resume it here.
              </p>
            )}
            {!webhook.disabled_at && webhook.failing_since && (
              <p className="mb-3 text-sm text-warning-ink">
                It began to fail <RelativeTime iso={webhook.failing_since} />. After five days of that it is switched off.
              </p>
            )}
            <WebhookActions
              webhook={webhook}
              may={{ update: mayUpdate, delete: may("webhook", "delete") }}
              onDeleted={() => void navigate(paths.webhooks(slug))}
            />
          </Section>
          <Section title="Deliveries" text="What was sent there, the newest first.">
            <Deliveries webhookId={webhook.id} maySend={mayUpdate} isActive={webhook.is_active} />
          </Section>
        </>
      )}
    </>
  )
}

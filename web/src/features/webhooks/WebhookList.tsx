import { Link } from "react-router"
import { Badge } from "@/ui/Badge"
import { RelativeTime } from "@/ui/RelativeTime"
import type { Webhook } from "./api"
import { describeEvents, stateOf } from "./events"

interface WebhookListProps {
  webhooks: Webhook[]
  linkTo: (webhook: Webhook) => string
}

export function WebhookList({ webhooks, linkTo }: WebhookListProps) {
  return (
    <ul aria-label="Webhooks" className="divide-y divide-line rounded-lg border border-line">
      {webhooks.map((webhook) => {
        const { label, tone } = stateOf(webhook)
        return (
          <li key={webhook.id} className="relative flex items-center gap-3 px-3 py-2.5 transition-colors duration-100 first:rounded-t-lg last:rounded-b-lg hover:bg-hover">
            <div className="min-w-0 flex-1">
              <Link
                to={linkTo(webhook)}
                className="block truncate text-base font-medium text-ink outline-none! after:absolute after:inset-0 after:rounded-lg focus-visible:after:outline-2 focus-visible:after:outline-ring"
              >
                {nameOf(webhook)}
              </Link>
              <p className="truncate text-xs text-ink-muted">{webhook.name ? webhook.url : describeEvents(webhook.event_types)}</p>
              <p className="truncate text-xs text-ink-faint">
                {webhook.name && `${describeEvents(webhook.event_types)}, `}changed <RelativeTime iso={webhook.updated_at} />
              </p>
            </div>
            <Badge tone={tone}>{label}</Badge>
          </li>
        )
      })}
    </ul>
  )
}

export function nameOf({ name, url }: Pick<Webhook, "name" | "url">): string {
  return name || url
}

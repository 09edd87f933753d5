import { useState } from "react"
import { useMay } from "@/features/roles/useMay"
import { useGetWebhooksQuery } from "@/features/webhooks/api"
import { NewWebhookDialog } from "@/features/webhooks/WebhookDialog"
import { WebhookList } from "@/features/webhooks/WebhookList"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { Button } from "@/ui/Button"
import { ErrorNotice, Skeleton } from "@/ui/states"
import { paths } from "../paths"
import { Section } from "../shell/Section"
import { useSlug } from "../useSlug"

export function WebhooksPage() {
  useDocumentTitle("Webhooks")
  const slug = useSlug()
  const mayCreate = useMay()("webhook", "create")
  const [creating, setCreating] = useState(false)
  const { data: webhooks, error, refetch } = useGetWebhooksQuery(undefined, { refetchOnMountOrArgChange: true })
  return (
    <Section title="Webhooks" text="Other programs are told what happens here, within seconds.">
      {error && !webhooks && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!webhooks && !error && <Skeleton className="h-20 rounded-lg" />}
      {webhooks && webhooks.length > 0 && <WebhookList webhooks={webhooks} linkTo={({ id }) => paths.webhook(slug, id)} />}
      {webhooks && (
        <div className="mt-4 flex flex-wrap items-center justify-between gap-2">
          <p className="text-sm text-ink-faint">{webhooks.length === 0 && "No webhook yet: nothing is sent anywhere."}</p>
          {mayCreate && (
            <Button icon="plus" onClick={() => setCreating(true)}>
              New webhook
            </Button>
          )}
        </div>
      )}
      <NewWebhookDialog open={creating} onClose={() => setCreating(false)} />
    </Section>
  )
}

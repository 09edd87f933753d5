import { Icon } from "@/ui/icons"
import { RelativeTime } from "@/ui/RelativeTime"
import { useGetAttachmentsQuery } from "./api"
import { safeHref } from "./safeHref"

export function Attachments({ taskId }: { taskId: string }) {
  const { data: attachments } = useGetAttachmentsQuery(taskId)
  if (!attachments?.length) return null
  return (
    <section aria-labelledby="attachments-heading" className="mt-8">
      <h3 id="attachments-heading" className="mb-2 text-sm font-semibold text-ink">
        Attachments
      </h3>
      <ul className="divide-y divide-line rounded-lg border border-line">
        {attachments.map(({ id, name, url, created_at }) => (
          <li key={id}>
            <a
              href={safeHref(url)}
              target="_blank"
              rel="noopener noreferrer nofollow"
              className="flex min-h-10 items-center gap-2.5 px-3 py-1.5 text-sm text-ink hover:bg-hover"
            >
              <Icon name="paperclip" className="size-4 text-ink-faint" />
              <span className="min-w-0 flex-1 truncate">{name}</span>
              <span className="shrink-0 text-xs text-ink-faint">
                <RelativeTime iso={created_at} />
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}

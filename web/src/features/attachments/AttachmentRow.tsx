import type { Attachment } from "@/lib/api/types"
import { Button } from "@/ui/Button"
import { Icon } from "@/ui/icons"
import { RelativeTime } from "@/ui/RelativeTime"
import { fileSize } from "@/lib/fileSize"
import { safeHref } from "./safeHref"

interface AttachmentRowProps {
  attachment: Attachment
  onDelete: (() => void) | undefined
}

export function AttachmentRow({ attachment, onDelete }: AttachmentRowProps) {
  const { name, url, preview_url, size_bytes, created_at } = attachment
  return (
    <li className="flex min-h-10 items-center gap-2.5 px-3 py-1.5 text-sm hover:bg-hover">
      {preview_url ? (
        <img src={preview_url} alt="" className="size-8 shrink-0 rounded-md bg-sunken object-cover" />
      ) : (
        <Icon name="paperclip" className="size-4 shrink-0 text-ink-faint" />
      )}
      <a
        href={safeHref(url)}
        target="_blank"
        rel="noopener noreferrer nofollow"
        className="min-w-0 flex-1 truncate text-ink hover:underline"
      >
        {name}
      </a>
      <span className="shrink-0 text-xs text-ink-muted">
        {size_bytes !== null && `${fileSize(size_bytes)} · `}
        <RelativeTime iso={created_at} />
      </span>
      {onDelete && (
        <Button variant="ghost" size="sm" icon="trash" aria-label={`Delete ${name}`} onClick={onDelete} />
      )}
    </li>
  )
}

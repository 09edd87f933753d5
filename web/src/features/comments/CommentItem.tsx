import { useState, type KeyboardEvent } from "react"
import type { Comment, User } from "@/lib/api/types"
import { absoluteTime } from "@/lib/dates"
import { fullName } from "@/lib/people"
import { useAppDispatch } from "@/lib/store"
import { perform } from "@/lib/sync/perform"
import { Avatar } from "@/ui/Avatar"
import { Button, IconButton } from "@/ui/Button"
import { ConfirmDialog } from "@/ui/ConfirmDialog"
import { Markdown } from "@/ui/Markdown"
import { MarkdownEditor } from "@/ui/MarkdownEditor"
import { RelativeTime } from "@/ui/RelativeTime"

interface CommentItemProps {
  comment: Comment
  author: User | undefined
  isOwn: boolean
}

export function CommentItem({ comment, author, isOwn }: CommentItemProps) {
  const [draft, setDraft] = useState<string | null>(null)
  const [confirming, setConfirming] = useState(false)
  const dispatch = useAppDispatch()
  const about = { entity: comment.id, name: "comment", seen: comment.version }
  const name = author ? fullName(author) : "Someone who left"

  const save = () => {
    if (draft?.trim() && draft !== comment.body) dispatch(perform({ type: "comment.edit", task_id: comment.task_id, body: draft }, about))
    setDraft(null)
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) save()
    else if (event.key === "Escape") setDraft(null)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <li className="group flex gap-3">
      <Avatar person={author} />
      <div className="min-w-0 flex-1">
        <div className="flex min-h-6 items-center gap-2 text-sm">
          <span className="truncate font-medium text-ink">{name}</span>
          <span className="shrink-0 text-xs text-ink-faint">
            <RelativeTime iso={comment.created_at} />
            {comment.edited_at && <span title={absoluteTime(comment.edited_at)}> · edited</span>}
          </span>
          {isOwn && draft === null && (
            <span className="ml-auto flex opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100">
              <IconButton icon="edit" label="Edit comment" onClick={() => setDraft(comment.body)} />
              <IconButton icon="trash" label="Delete comment" onClick={() => setConfirming(true)} />
            </span>
          )}
        </div>
        {draft === null ? (
          <div className="mt-0.5 text-base">
            <Markdown text={comment.body} />
          </div>
        ) : (
          // One listener for the editor inside, wherever in it the focus is.
          // eslint-disable-next-line jsx-a11y/no-static-element-interactions
          <div onKeyDown={onKeyDown}>
            <MarkdownEditor label="Edit comment" value={draft} onChange={setDraft} focused />
            <div className="mt-2 flex justify-end gap-2">
              <Button size="sm" variant="ghost" onClick={() => setDraft(null)}>
                Cancel
              </Button>
              <Button size="sm" variant="primary" onClick={save}>
                Save
              </Button>
            </div>
          </div>
        )}
      </div>
      <ConfirmDialog
        open={confirming}
        title="Delete this comment?"
        text="It disappears for everyone. This can’t be undone."
        confirmLabel="Delete comment"
        onConfirm={() => dispatch(perform({ type: "comment.delete", task_id: comment.task_id }, about))}
        onClose={() => setConfirming(false)}
      />
    </li>
  )
}

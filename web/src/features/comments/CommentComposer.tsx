import { useState, type KeyboardEvent } from "react"
import { selectUser } from "@/lib/session"
import { useAppDispatch, useAppSelector } from "@/lib/store"
import { perform } from "@/lib/sync/perform"
import { uuid7 } from "@/lib/uuid"
import { Button } from "@/ui/Button"
import { inputLook } from "@/ui/Field"
import { Kbd } from "@/ui/Kbd"

interface CommentComposerProps {
  taskId: string
  /** Tells whoever shows others that somebody is at it. */
  onTyping: (typing: boolean) => void
}

export function CommentComposer({ taskId, onTyping }: CommentComposerProps) {
  const [body, setBody] = useState("")
  const dispatch = useAppDispatch()
  const author = useAppSelector(selectUser)

  const send = () => {
    if (!body.trim() || !author) return
    const comment = { type: "comment.add", task_id: taskId, body, author_id: author.id } as const
    dispatch(perform(comment, { entity: uuid7(), name: "comment" }))
    setBody("")
    onTyping(false)
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return
    event.preventDefault()
    send()
  }

  return (
    <div className="mt-4">
      <textarea
        aria-label="Write a comment"
        placeholder="Write a comment…"
        rows={2}
        value={body}
        onChange={(event) => {
          setBody(event.target.value)
          onTyping(event.target.value.trim() !== "")
        }}
        onBlur={() => onTyping(false)}
        onKeyDown={onKeyDown}
        className={`${inputLook} block field-sizing-content max-h-80 min-h-16 resize-none py-2 text-base`}
      />
      <div className="mt-2 flex items-center justify-end gap-3">
        <span aria-hidden="true" className="hidden items-center gap-1 text-2xs text-ink-faint sm:flex pointer-coarse:hidden">
          <Kbd>⌘/Ctrl</Kbd>
          <Kbd>Enter</Kbd>
        </span>
        <Button size="sm" variant="primary" disabled={!body.trim()} onClick={send}>
          Comment
        </Button>
      </div>
    </div>
  )
}

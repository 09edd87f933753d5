import { useState, type KeyboardEvent } from "react"
import { problemMessage } from "@/lib/api/problem"
import { uuid7 } from "@/lib/uuid"
import { Button } from "@/ui/Button"
import { inputLook } from "@/ui/Field"
import { Kbd } from "@/ui/Kbd"
import { useAddCommentMutation } from "./api"

export function CommentComposer({ taskId }: { taskId: string }) {
  const [body, setBody] = useState("")
  // Kept until it has arrived: sending again after a lost answer does not say it twice.
  const [id, setId] = useState(() => uuid7())
  const [add, { isLoading, error }] = useAddCommentMutation()

  const send = async () => {
    if (!body.trim() || isLoading) return
    const { data } = await add({ taskId, id, body })
    if (!data) return
    setBody("")
    setId(uuid7())
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return
    event.preventDefault()
    void send()
  }

  return (
    <div className="mt-4">
      <textarea
        aria-label="Write a comment"
        placeholder="Write a comment…"
        rows={2}
        value={body}
        onChange={(event) => setBody(event.target.value)}
        onKeyDown={onKeyDown}
        className={`${inputLook} block field-sizing-content max-h-80 min-h-16 resize-none py-2 text-base`}
      />
      {error && (
        <p role="alert" className="mt-1 text-xs text-danger-ink">
          {problemMessage(error)}
        </p>
      )}
      <div className="mt-2 flex items-center justify-end gap-3">
        <span aria-hidden="true" className="hidden items-center gap-1 text-2xs text-ink-faint sm:flex pointer-coarse:hidden">
          <Kbd>⌘/Ctrl</Kbd>
          <Kbd>Enter</Kbd>
        </span>
        <Button size="sm" variant="primary" busy={isLoading} disabled={!body.trim()} onClick={() => void send()}>
          Comment
        </Button>
      </div>
    </div>
  )
}

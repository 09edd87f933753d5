import { useMemo, type ReactNode } from "react"
import type { User } from "@/lib/api/types"
import { selectCanWrite, selectUser } from "@/lib/session"
import { useAppSelector } from "@/lib/store"
import { selectPendingOf } from "@/lib/sync/select"
import { ErrorNotice, Skeleton } from "@/ui/states"
import { useGetCommentsQuery, withWaiting } from "./api"
import { CommentComposer } from "./CommentComposer"
import { CommentItem } from "./CommentItem"

interface CommentsProps {
  taskId: string
  people: User[]
  onTyping: (typing: boolean) => void
  /** Stands over the field: who else is writing. */
  children?: ReactNode
}

export function Comments({ taskId, people, onTyping, children }: CommentsProps) {
  const { data, error, refetch } = useGetCommentsQuery(taskId)
  const canWrite = useAppSelector(selectCanWrite)
  const user = useAppSelector(selectUser)
  const waiting = useAppSelector((state) => selectPendingOf(state, taskId))
  const comments = useMemo(() => (data || waiting.length > 0 ? withWaiting(data ?? [], waiting) : undefined), [data, waiting])

  return (
    <section aria-labelledby="comments-heading" className="mt-8">
      <h3 id="comments-heading" className="mb-2 text-sm font-semibold text-ink">
        Comments
      </h3>
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!comments && !error && <Skeleton className="h-16" />}
      <ol className="space-y-4">
        {comments?.map((comment) => (
          <CommentItem
            key={comment.id}
            comment={comment}
            author={people.find(({ id }) => id === comment.author_id)}
            isOwn={comment.author_id === user?.id}
          />
        ))}
      </ol>
      {children}
      {canWrite && <CommentComposer taskId={taskId} onTyping={onTyping} />}
    </section>
  )
}

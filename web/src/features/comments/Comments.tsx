import { useEffect } from "react"
import type { User } from "@/lib/api/types"
import { selectCanWrite, selectUser } from "@/lib/session"
import { useAppSelector } from "@/lib/store"
import { ErrorNotice, Skeleton } from "@/ui/states"
import { useGetCommentsQuery } from "./api"
import { CommentComposer } from "./CommentComposer"
import { CommentItem } from "./CommentItem"

interface CommentsProps {
  taskId: string
  people: User[]
  /** Tells whoever shows a count of them. */
  onCount: (count: number) => void
}

export function Comments({ taskId, people, onCount }: CommentsProps) {
  const { data: comments, error, refetch } = useGetCommentsQuery(taskId)
  const canWrite = useAppSelector(selectCanWrite)
  const user = useAppSelector(selectUser)
  const count = comments?.length

  useEffect(() => {
    if (count !== undefined) onCount(count)
  }, [count, onCount])

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
      {canWrite && <CommentComposer taskId={taskId} />}
    </section>
  )
}

interface TaskLinkProps {
  id: string
  text: string
  onOpen: (taskId: string) => void
}

/** A task that opens beside the page. */
export function TaskLink({ id, text, onOpen }: TaskLinkProps) {
  return (
    <button
      type="button"
      data-card={id}
      onClick={() => onOpen(id)}
      className="min-w-0 text-left text-ink underline decoration-line-strong underline-offset-2 hover:text-accent-ink"
    >
      {text}
    </button>
  )
}

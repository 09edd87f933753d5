import { useState, type SubmitEvent } from "react"
import { useAppDispatch } from "@/lib/store"
import { perform } from "@/lib/sync/perform"
import { uuid7 } from "@/lib/uuid"
import { Icon } from "@/ui/icons"

interface AddItemProps {
  taskId: string
  checklist: string
}

export function AddItem({ taskId, checklist }: AddItemProps) {
  const [title, setTitle] = useState("")
  const dispatch = useAppDispatch()

  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (!title.trim()) return
    dispatch(perform({ type: "checklist.add", task_id: taskId, title: title.trim(), checklist }, { entity: uuid7(), name: title.trim() }))
    setTitle("")
  }

  return (
    <form onSubmit={submit} className="-mx-2 flex min-h-8 items-center gap-2.5 rounded-md px-2 focus-within:bg-hover hover:bg-hover">
      <Icon name="plus" className="size-4 text-ink-faint" />
      <input
        aria-label="Add checklist item"
        placeholder="Add an item"
        value={title}
        maxLength={1000}
        onChange={(event) => setTitle(event.target.value)}
        className="h-8 min-w-0 flex-1 rounded bg-transparent text-base text-ink placeholder:text-ink-faint focus-visible:outline-none"
      />
    </form>
  )
}

import { useState, type SubmitEvent } from "react"
import { problemMessage } from "@/lib/api/problem"
import { uuid7 } from "@/lib/uuid"
import { Icon } from "@/ui/icons"
import { useAddItemMutation } from "./api"

interface AddItemProps {
  taskId: string
  checklist: string
}

export function AddItem({ taskId, checklist }: AddItemProps) {
  const [title, setTitle] = useState("")
  const [id, setId] = useState(() => uuid7())
  const [add, { isLoading, error }] = useAddItemMutation()

  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    if (!title.trim() || isLoading) return
    const { data } = await add({ taskId, id, title: title.trim(), checklist })
    if (!data) return
    setTitle("")
    setId(uuid7())
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
      {error && (
        <p role="alert" className="text-xs text-danger-ink">
          {problemMessage(error)}
        </p>
      )}
    </form>
  )
}

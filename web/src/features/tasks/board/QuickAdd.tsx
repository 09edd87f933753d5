import { useState, type KeyboardEvent } from "react"
import type { State } from "@/lib/api/types"
import { useAppDispatch } from "@/lib/store"
import { createTask } from "@/lib/sync/perform"
import { uuid7 } from "@/lib/uuid"
import { Button } from "@/ui/Button"
import { inputLook } from "@/ui/Field"
import { UnderstoodChips } from "../quickadd/UnderstoodChips"
import { fieldsOf, useQuickAdd } from "../quickadd/useQuickAdd"

interface QuickAddProps {
  projectId: string
  state: State
  onClose: () => void
}

/** Title, Enter, next: it stays open until it is dismissed. */
export function QuickAdd({ projectId, state, onClose }: QuickAddProps) {
  const [title, setTitle] = useState("")
  const dispatch = useAppDispatch()

  const understood = useQuickAdd(title)

  const add = () => {
    if (!understood.title) return
    dispatch(createTask(projectId, uuid7(), { ...fieldsOf(understood), status: state.key }))
    setTitle("")
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      event.stopPropagation()
      onClose()
    }
    if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault()
      add()
    }
  }

  return (
    <div className="shrink-0 px-2 pb-2">
      <textarea
        aria-label={`New task in ${state.name}`}
        placeholder="What needs doing? !high @name #tag due:fri"
        value={title}
        rows={2}
        maxLength={255}
        // Opened by a click on "Add task": typing is what comes next.
        ref={focusOnce}
        onChange={(event) => setTitle(event.target.value)}
        onKeyDown={onKeyDown}
        onBlur={({ relatedTarget }) => !title.trim() && relatedTarget === null && onClose()}
        className={`${inputLook} block resize-none py-2 text-sm shadow-card`}
      />
      <UnderstoodChips text={title} understood={understood} onChange={setTitle} />
      <div className="mt-1.5 flex items-center gap-1.5">
        <Button size="sm" variant="primary" disabled={!understood.title} onClick={add}>
          Add task
        </Button>
        <Button size="sm" variant="ghost" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </div>
  )
}

function focusOnce(field: HTMLTextAreaElement | null) {
  field?.focus()
}

import { useState } from "react"
import type { ChecklistItem } from "@/lib/api/types"
import { useAppDispatch } from "@/lib/store"
import { perform } from "@/lib/sync/perform"
import { IconButton } from "@/ui/Button"

interface ChecklistRowProps {
  item: ChecklistItem
  canWrite: boolean
  onRemove: () => void
}

export function ChecklistRow({ item, canWrite, onRemove }: ChecklistRowProps) {
  const dispatch = useAppDispatch()
  const update = (patch: { title?: string; is_done?: boolean }) =>
    dispatch(perform({ type: "checklist.update", task_id: item.task_id, patch }, { entity: item.id, name: item.title }))
  const [draft, setDraft] = useState<string | null>(null)

  const finish = () => {
    const title = draft?.trim()
    setDraft(null)
    if (title && title !== item.title) update({ title })
  }

  return (
    <li className="group -mx-2 flex min-h-8 items-start gap-2.5 rounded-md px-2 hover:bg-hover">
      <input
        type="checkbox"
        aria-label={item.title}
        checked={item.is_done}
        disabled={!canWrite}
        onChange={(event) => update({ is_done: event.target.checked })}
        className="mt-2 size-4 shrink-0 accent-accent"
      />
      {canWrite ? (
        <textarea
          aria-label={`Text of ${item.title}`}
          rows={1}
          value={draft ?? item.title}
          maxLength={1000}
          onChange={(event) => setDraft(event.target.value.replace(/\n/g, " "))}
          onBlur={finish}
          onKeyDown={(event) => {
            if (event.key === "Enter") event.currentTarget.blur()
            else if (event.key === "Escape" && draft !== null) setDraft(null)
            else return
            event.preventDefault()
            event.stopPropagation()
          }}
          className={`block field-sizing-content min-w-0 flex-1 resize-none rounded bg-transparent py-1.5 text-base leading-5 ${
            item.is_done ? "text-ink-faint line-through" : "text-ink"
          }`}
        />
      ) : (
        <span className={`py-1.5 text-base leading-5 ${item.is_done ? "text-ink-faint line-through" : "text-ink"}`}>
          {item.title}
        </span>
      )}
      {canWrite && (
        <IconButton
          icon="trash"
          label={`Remove ${item.title}`}
          onClick={onRemove}
          className="mt-0.5 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100"
        />
      )}
    </li>
  )
}

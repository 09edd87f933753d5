import { useMemo } from "react"
import type { ChecklistItem } from "@/lib/api/types"
import { selectCanWrite } from "@/lib/session"
import { useAppDispatch, useAppSelector } from "@/lib/store"
import { perform } from "@/lib/sync/perform"
import { selectPendingOf } from "@/lib/sync/select"
import { undoAction } from "@/lib/sync/undo"
import { showToast } from "@/lib/toasts"
import { ProgressBar } from "@/ui/ProgressBar"
import { ErrorNotice } from "@/ui/states"
import { AddItem } from "./AddItem"
import { useGetChecklistQuery, withWaiting } from "./api"
import { ChecklistRow } from "./ChecklistRow"

interface ChecklistProps {
  taskId: string
}

export function Checklist({ taskId }: ChecklistProps) {
  const { data, error, refetch } = useGetChecklistQuery(taskId)
  const canWrite = useAppSelector(selectCanWrite)
  const remove = useRemoveWithUndo(taskId)
  const waiting = useAppSelector((state) => selectPendingOf(state, taskId))
  const items = useMemo(() => (data || waiting.length > 0 ? withWaiting(data ?? [], waiting) : undefined), [data, waiting])
  const total = items?.length
  const done = items?.filter(({ is_done }) => is_done).length

  if (error && !items) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!items || (items.length === 0 && !canWrite)) return null

  return (
    <section aria-labelledby="checklist-heading" className="mt-8">
      <div className="mb-2 flex items-center gap-3">
        <h3 id="checklist-heading" className="text-sm font-semibold text-ink">
          Checklist
        </h3>
        {items.length > 0 && (
          <>
            <span className="text-xs text-ink-faint tabular-nums">
              {done} of {total}
            </span>
            <div className="w-24">
              <ProgressBar label="Checklist progress" value={done ?? 0} max={total ?? 0} />
            </div>
          </>
        )}
      </div>
      {[...byList(items)].map(([list, entries]) => (
        <div key={list}>
          {list && <h4 className="mt-3 mb-1 text-xs font-medium text-ink-faint">{list}</h4>}
          <ul className="space-y-px">
            {entries.map((item) => (
              <ChecklistRow key={item.id} item={item} canWrite={canWrite} onRemove={() => remove(item)} />
            ))}
          </ul>
        </div>
      ))}
      {canWrite && <AddItem taskId={taskId} checklist={items.at(-1)?.checklist ?? ""} />}
    </section>
  )
}

function useRemoveWithUndo(taskId: string) {
  const dispatch = useAppDispatch()
  return (item: ChecklistItem) => {
    const removal = dispatch(perform({ type: "checklist.delete", task_id: taskId }, { entity: item.id, name: item.title }))
    const undo = () => removal && void dispatch(undoAction(removal))
    dispatch(showToast("Removed the item", { action: { label: "Undo", run: undo } }))
  }
}

// An imported task can have several lists; ours have one without a name.
function byList(items: ChecklistItem[]): Map<string, ChecklistItem[]> {
  const lists = new Map<string, ChecklistItem[]>()
  for (const item of items) lists.set(item.checklist, [...(lists.get(item.checklist) ?? []), item])
  return lists
}

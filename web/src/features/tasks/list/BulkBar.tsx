import type { State, User } from "@/lib/api/types"
import { fullName } from "@/lib/people"
import { useAppDispatch } from "@/lib/store"
import type { Action, BulkPatch } from "@/lib/sync/actions"
import { deleteTask, updateTasks } from "@/lib/sync/perform"
import { undoAction } from "@/lib/sync/undo"
import { showToast } from "@/lib/toasts"
import { Avatar } from "@/ui/Avatar"
import { Button, IconButton } from "@/ui/Button"
import { PriorityIcon, priorityNames } from "@/ui/PriorityIcon"
import { Select } from "@/ui/Select"
import { StateDot } from "@/ui/StateDot"
import { PRIORITIES } from "../filters/boardFilters"

interface BulkBarProps {
  ids: string[]
  states: State[]
  people: User[]
  onClear: () => void
}

/** The API changes as many in one request. */
const MOST_AT_ONCE = 1000

export function BulkBar({ ids, states, people, onClear }: BulkBarProps) {
  const dispatch = useAppDispatch()
  const count = `${ids.length} ${ids.length === 1 ? "task" : "tasks"}`

  const offerUndo = (text: string, actions: (Action | null)[]) => {
    const done = actions.filter((action) => action !== null)
    const undo = () => done.toReversed().forEach((action) => void dispatch(undoAction(action)))
    dispatch(showToast(text, { action: { label: "Undo", run: undo } }))
  }
  const change = (patch: BulkPatch) => {
    const parts = Array.from({ length: Math.ceil(ids.length / MOST_AT_ONCE) }, (_, part) => ids.slice(part * MOST_AT_ONCE, (part + 1) * MOST_AT_ONCE))
    offerUndo(`Changed ${count}`, parts.map((part) => dispatch(updateTasks(part, patch))))
  }
  const remove = () => {
    offerUndo(`Deleted ${count}`, ids.map((id) => dispatch(deleteTask(id))))
    onClear()
  }

  return (
    <div
      role="toolbar"
      aria-label="Selected tasks"
      className="absolute inset-x-2 bottom-4 z-20 mx-auto flex w-fit max-w-[calc(100%-1rem)] animate-[rise_140ms_ease-out] flex-wrap items-center gap-1.5 rounded-xl border border-line-strong bg-raised p-1.5 shadow-pop"
    >
      <p role="status" className="px-2 text-sm font-medium text-ink tabular-nums">
        {ids.length} selected
      </p>
      <Select
        label="Set status"
        look="chip"
        value={null as string | null}
        choices={states.map(({ key, name, category }) => ({ value: key, label: name, icon: <StateDot category={category} /> }))}
        onChange={(status) => status !== null && change({ status })}
      >
        Status
      </Select>
      <Select
        label="Set assignee"
        look="chip"
        value={undefined as string | null | undefined}
        choices={[
          { value: null, label: "Unassigned", icon: <Avatar person={undefined} size="sm" /> },
          ...people.filter(({ is_active }) => is_active).map((one) => ({ value: one.id, label: fullName(one), icon: <Avatar person={one} size="sm" /> })),
        ]}
        onChange={(assignee_id) => assignee_id !== undefined && change({ assignee_id })}
      >
        Assignee
      </Select>
      <Select
        label="Set priority"
        look="chip"
        value={null as (typeof PRIORITIES)[number] | null}
        choices={PRIORITIES.map((value) => ({ value, label: priorityNames[value], icon: <PriorityIcon priority={value} /> }))}
        onChange={(priority) => priority !== null && change({ priority })}
      >
        Priority
      </Select>
      <Button size="sm" icon="trash" onClick={remove} className="text-danger-ink!">
        Delete
      </Button>
      <IconButton icon="close" label="Clear the selection" onClick={onClear} />
    </div>
  )
}

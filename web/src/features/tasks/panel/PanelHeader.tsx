import type { Task } from "@/lib/api/types"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { useCopy } from "@/lib/useCopy"
import { Button, IconButton } from "@/ui/Button"
import { Menu, type MenuAction } from "@/ui/Menu"
import { useDeleteTaskMutation, useRestoreTaskMutation, useUpdateTaskMutation } from "../api/task"

interface PanelHeaderProps {
  task: Task
  canWrite: boolean
  onClose: () => void
}

export function PanelHeader({ task, canWrite, onClose }: PanelHeaderProps) {
  const actions = useTaskActions(task, onClose)
  const copy = useCopy()
  return (
    <header className="flex h-13 shrink-0 items-center gap-0.5 border-b border-line pr-3 pl-5 sm:pl-6">
      <Button
        size="sm"
        variant="ghost"
        title="Copy key"
        aria-label={`Copy key ${task.key}`}
        className="-ml-2 mr-auto font-semibold tabular-nums"
        onClick={() => copy(task.key, `Copied ${task.key}`)}
      >
        {task.key}
      </Button>
      <IconButton icon="link" label="Copy link" onClick={() => copy(linkTo(task), "Copied the link")} />
      {canWrite && (
        <Menu
          button={<IconButton icon="more" label="Task actions" />}
          actions={actions}
        />
      )}
      <IconButton icon="close" label="Close" shortcut="Esc" onClick={onClose} />
    </header>
  )
}

function useTaskActions(task: Task, onClose: () => void): MenuAction[] {
  const dispatch = useAppDispatch()
  const [update] = useUpdateTaskMutation()
  const [remove] = useDeleteTaskMutation()
  const [restore] = useRestoreTaskMutation()
  const isArchived = task.archived_at !== null

  const archive = async () => {
    const { data } = await update({ task, patch: { archived: !isArchived } })
    if (!data) return
    onClose()
    const undo = () => void update({ task: data, patch: { archived: isArchived } })
    dispatch(showToast(`${isArchived ? "Unarchived" : "Archived"} ${task.key}`, { action: { label: "Undo", run: undo } }))
  }

  const removeIt = async () => {
    onClose()
    const { error } = await remove(task)
    if (error) return
    dispatch(showToast(`Deleted ${task.key}`, { action: { label: "Undo", run: () => void restore(task) } }))
  }

  return [
    { label: isArchived ? "Unarchive" : "Archive", icon: isArchived ? "undo" : "archive", onSelect: () => void archive() },
    { label: "Delete", icon: "trash", danger: true, startsGroup: true, onSelect: () => void removeIt() },
  ]
}

function linkTo(task: Task): string {
  return `${window.location.origin}${window.location.pathname}?task=${task.id}`
}

import type { ReactNode } from "react"
import type { Task } from "@/lib/api/types"
import { useAppDispatch } from "@/lib/store"
import type { Action } from "@/lib/sync/actions"
import { deleteTask, updateTask } from "@/lib/sync/perform"
import { undoAction } from "@/lib/sync/undo"
import { showToast } from "@/lib/toasts"
import { useCopy } from "@/lib/useCopy"
import { Button, IconButton } from "@/ui/Button"
import { Menu, type MenuAction } from "@/ui/Menu"

interface PanelHeaderProps {
  task: Task
  canWrite: boolean
  company?: ReactNode
  onClose: () => void
}

export function PanelHeader({ task, canWrite, company, onClose }: PanelHeaderProps) {
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
      {company}
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
  const isArchived = task.archived_at !== null

  const done = (action: Action | null, words: string) => {
    if (!action) return
    onClose()
    dispatch(showToast(`${words} ${task.key}`, { action: { label: "Undo", run: () => void dispatch(undoAction(action)) } }))
  }
  const archive = () => done(dispatch(updateTask(task.id, { archived: !isArchived })), isArchived ? "Unarchived" : "Archived")
  const remove = () => done(dispatch(deleteTask(task.id)), "Deleted")

  return [
    { label: isArchived ? "Unarchive" : "Archive", icon: isArchived ? "undo" : "archive", onSelect: archive },
    { label: "Delete", icon: "trash", danger: true, startsGroup: true, onSelect: remove },
  ]
}

function linkTo(task: Task): string {
  return `${window.location.origin}${window.location.pathname}?task=${task.id}`
}

import { useEffect, useRef, type ReactNode } from "react"
import type { State, Tag, Task, User } from "@/lib/api/types"
import { selectCanWrite } from "@/lib/session"
import { useAppDispatch, useAppSelector } from "@/lib/store"
import type { TaskPatch } from "@/lib/sync/actions"
import { updateTask } from "@/lib/sync/perform"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { IconButton } from "@/ui/Button"
import { EmptyState, Skeleton } from "@/ui/states"
import { useTask } from "../api/useTask"
import { focusCard } from "../board/cardFocus"
import { DescriptionField } from "./DescriptionField"
import { PanelHeader } from "./PanelHeader"
import { Properties } from "./Properties"
import { TitleField } from "./TitleField"

interface TaskPanelProps {
  taskId: string
  states: State[]
  people: User[]
  tags: Tag[]
  onClose: () => void
  /** Who else looks at it. */
  company?: ReactNode
  /** Checklist, comments and the rest: other features, put here by the page. */
  children: (task: Task) => ReactNode
}

export function TaskPanel({ taskId, onClose, ...rest }: TaskPanelProps) {
  const { task, isMissing } = useTask(taskId)
  const panel = useRef<HTMLElement>(null)
  useDocumentTitle(task && `${task.key} ${task.title}`)

  useEffect(() => {
    panel.current?.focus({ preventScroll: true })
    return () => void focusCard(taskId)
  }, [taskId])

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented) return
      if (document.querySelector("[aria-modal='true'],[role='menu'],[role='listbox']")) return
      onClose()
    }
    document.addEventListener("keydown", onKeyDown)
    return () => document.removeEventListener("keydown", onKeyDown)
  }, [onClose])

  return (
    <aside
      ref={panel}
      // Not modal: the board beside it stays in use, so it is a dialog without a trap.
      role="dialog"
      aria-label={task ? `${task.key} ${task.title}` : "Task"}
      tabIndex={-1}
      className="fixed inset-0 z-30 flex animate-[slide-in_160ms_ease-out] flex-col bg-surface outline-none sm:left-auto sm:w-[34rem] sm:border-l sm:border-line sm:shadow-lift xl:static xl:w-[36rem] xl:shrink-0 xl:shadow-none"
    >
      {task ? (
        <Loaded task={task} onClose={onClose} {...rest} />
      ) : (
        <div className="p-4">
          <div className="flex justify-end">
            <IconButton icon="close" label="Close" shortcut="Esc" onClick={onClose} />
          </div>
          {!isMissing && <PanelSkeleton />}
        </div>
      )}
      {isMissing && (
        <EmptyState icon="search" title="This task is gone" text="It was deleted, or the link is not right." />
      )}
    </aside>
  )
}

function Loaded({ task, states, people, tags, onClose, company, children }: Omit<TaskPanelProps, "taskId"> & { task: Task }) {
  const canWrite = useAppSelector(selectCanWrite)
  const dispatch = useAppDispatch()
  const save = (patch: TaskPatch) => void dispatch(updateTask(task.id, patch))

  return (
    <>
      <PanelHeader task={task} canWrite={canWrite} company={company} onClose={onClose} />
      <div className="min-h-0 flex-1 overflow-y-auto scroll-thin px-5 pb-10 sm:px-6">
        <TitleField key={`${task.id}-title`} title={task.title} canWrite={canWrite} onSave={(title) => save({ title })} />
        <Properties task={task} states={states} people={people} tags={tags} canWrite={canWrite} onSave={save} />
        <DescriptionField
          key={`${task.id}-description`}
          description={task.description}
          canWrite={canWrite}
          onSave={(description) => save({ description })}
        />
        {children(task)}
      </div>
    </>
  )
}

function PanelSkeleton() {
  return (
    <div role="status" aria-label="Loading the task" className="space-y-4 px-2 pt-4">
      <Skeleton className="h-7 w-3/4" />
      <Skeleton className="h-40 w-full" />
      <Skeleton className="h-24 w-full" />
    </div>
  )
}

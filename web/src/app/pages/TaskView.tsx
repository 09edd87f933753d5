import type { ComponentProps } from "react"
import { Activity } from "@/features/activity/Activity"
import { Attachments } from "@/features/attachments/Attachments"
import { Checklist } from "@/features/checklists/Checklist"
import { Comments } from "@/features/comments/Comments"
import { TaskPanel } from "@/features/tasks/panel/TaskPanel"

type PanelProps = ComponentProps<typeof TaskPanel>

type TaskViewProps = Omit<PanelProps, "children">

/** The task's panel, and in it what other features know of the task. */
export function TaskView(panel: TaskViewProps) {
  const { people, states } = panel
  return (
    <TaskPanel {...panel}>
      {({ id }) => (
        <>
          <Checklist taskId={id} />
          <Attachments taskId={id} />
          <Comments taskId={id} people={people} />
          <Activity taskId={id} states={states} people={people} />
        </>
      )}
    </TaskPanel>
  )
}

import { useCallback, type ComponentProps } from "react"
import { Activity } from "@/features/activity/Activity"
import { Attachments } from "@/features/attachments/Attachments"
import { Checklist } from "@/features/checklists/Checklist"
import { Comments } from "@/features/comments/Comments"
import { useCardCounts } from "@/features/tasks/api/useCardCounts"
import { TaskPanel } from "@/features/tasks/panel/TaskPanel"
import type { ProjectDetails } from "@/lib/api/types"

type PanelProps = ComponentProps<typeof TaskPanel>

interface TaskViewProps extends Omit<PanelProps, "states" | "children"> {
  project: ProjectDetails
}

/** The task's panel, and in it what other features know of the task. */
export function TaskView({ project, ...panel }: TaskViewProps) {
  const { taskId, people } = panel
  const setCounts = useCardCounts(project.id, taskId)
  const onCount = useCallback((comment_count: number) => setCounts({ comment_count }), [setCounts])
  const onProgress = useCallback(
    (checklist_done: number, checklist_total: number) => setCounts({ checklist_done, checklist_total }),
    [setCounts],
  )

  return (
    <TaskPanel {...panel} states={project.states}>
      {({ id }) => (
        <>
          <Checklist taskId={id} onProgress={onProgress} />
          <Attachments taskId={id} />
          <Comments taskId={id} people={people} onCount={onCount} />
          <Activity taskId={id} states={project.states} people={people} />
        </>
      )}
    </TaskPanel>
  )
}

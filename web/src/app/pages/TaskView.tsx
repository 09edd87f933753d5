import { useState, type ComponentProps } from "react"
import { Activity } from "@/features/activity/Activity"
import { Attachments } from "@/features/attachments/Attachments"
import { Checklist } from "@/features/checklists/Checklist"
import { Comments } from "@/features/comments/Comments"
import { CompanyFaces, CompanyTyping } from "@/features/presence/Company"
import { usePresence } from "@/features/presence/usePresence"
import { TaskTime } from "@/features/time/TaskTime"
import { TaskPanel } from "@/features/tasks/panel/TaskPanel"

type TaskViewProps = Omit<ComponentProps<typeof TaskPanel>, "children" | "company">

/** The task's panel, and in it what other features know of the task. */
export function TaskView(panel: TaskViewProps) {
  const { people, states, taskId } = panel
  const [typing, setTyping] = useState(false)
  const company = usePresence("task", taskId, people, typing ? "typing" : "looking")

  return (
    <TaskPanel {...panel} company={<CompanyFaces company={company} />}>
      {({ id }) => (
        <>
          <Checklist taskId={id} />
          <TaskTime taskId={id} people={people} />
          <Attachments taskId={id} />
          <Comments taskId={id} people={people} onTyping={setTyping}>
            <CompanyTyping company={company} />
          </Comments>
          <Activity taskId={id} states={states} people={people} />
        </>
      )}
    </TaskPanel>
  )
}

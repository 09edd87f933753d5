import type { Action, Sent } from "./actions"
import type { TaskRow } from "./models"

/** The request of an action as things are now. `task` is the server's row of what it changes. */
export function requestOf(action: Action, task: TaskRow | undefined, exists: (taskId: string) => boolean): Sent {
  const headers: Record<string, string> = { "Idempotency-Key": action.id }
  const version = task?.version ?? action.seen
  const ifMatch = version === undefined ? headers : { ...headers, "If-Match": `"${version}"` }
  const at = `/tasks/${action.entity}`
  switch (action.type) {
    case "task.create":
      return { url: `/projects/${action.project_id}/tasks`, method: "POST", body: { ...action.task, id: action.entity }, headers }
    case "task.update":
      return { url: at, method: "PATCH", body: action.patch, headers: ifMatch }
    case "task.move": {
      // A neighbour that is gone meanwhile says nothing any more.
      const { status, after_id, before_id } = action
      const beside = after_id && exists(after_id) ? { after_id } : before_id && exists(before_id) ? { before_id } : {}
      return { url: `${at}/move`, method: "POST", body: { status, ...beside }, headers: ifMatch }
    }
    case "task.delete":
      return { url: at, method: "DELETE", headers: ifMatch }
    case "task.restore":
      return { url: `${at}/restore`, method: "POST", headers }
    case "tasks.update":
      return { url: "/tasks/bulk", method: "POST", body: { tasks: action.ids.map((id) => ({ id })), change: action.patch }, headers }
    case "comment.add":
      return { url: `/tasks/${action.task_id}/comments`, method: "POST", body: { id: action.entity, body: action.body }, headers }
    case "comment.edit":
      return { url: `/comments/${action.entity}`, method: "PATCH", body: { body: action.body }, headers: ifMatch }
    case "comment.delete":
      return { url: `/comments/${action.entity}`, method: "DELETE", headers }
    case "checklist.add":
      return { url: `/tasks/${action.task_id}/checklist`, method: "POST", body: { id: action.entity, title: action.title, checklist: action.checklist }, headers }
    case "checklist.update":
      return { url: `/checklist-items/${action.entity}`, method: "PATCH", body: action.patch, headers }
    case "checklist.delete":
      return { url: `/checklist-items/${action.entity}`, method: "DELETE", headers }
  }
}

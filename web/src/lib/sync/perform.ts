import { uuid7 } from "@/lib/uuid"
import type { Action, BulkPatch, Deed, NewTask, TaskPatch } from "./actions"
import type { Store } from "./call"
import { asBefore } from "./conflict"
import { engine } from "./engine"
import { selectTask, type WithSync } from "./select"
import { queued } from "./slice"
import { didSomething } from "./undoSlice"

type Perform = (dispatch: Store["dispatch"], getState: () => WithSync) => Action | null

let last = 0

/** Shows it at once, keeps it, and has it sent. Gives back the action, by whose id it can be undone. */
export function perform(deed: Deed, about: Pick<Action, "entity" | "name"> & { seen?: number }): Perform {
  return (dispatch) => {
    // Two in one millisecond are told apart by what comes first.
    last = Math.max(Date.now(), last + 1)
    const action: Action = { ...deed, ...about, id: uuid7(last), at: new Date().toISOString() }
    dispatch(queued(action))
    dispatch(didSomething())
    void engine()?.queue(action)
    return action
  }
}

export function createTask(projectId: string, id: string, task: NewTask): Perform {
  return perform({ type: "task.create", project_id: projectId, task }, { entity: id, name: `“${task.title}”` })
}

export function updateTask(taskId: string, patch: TaskPatch): Perform {
  return (dispatch, getState) => {
    const task = selectTask(getState(), taskId)
    if (!task) return null
    return perform({ type: "task.update", patch, before: asBefore(task, patch) }, { entity: taskId, name: task.key })(dispatch, getState)
  }
}

export interface Destination {
  status: string
  after_id?: string
  before_id?: string
}

export function moveTask(taskId: string, to: Destination): Perform {
  return (dispatch, getState) => {
    const task = selectTask(getState(), taskId)
    return task ? perform({ type: "task.move", ...to }, { entity: taskId, name: task.key })(dispatch, getState) : null
  }
}

export function deleteTask(taskId: string): Perform {
  return (dispatch, getState) => {
    const task = selectTask(getState(), taskId)
    return task ? perform({ type: "task.delete" }, { entity: taskId, name: task.key })(dispatch, getState) : null
  }
}

export function updateTasks(ids: string[], patch: BulkPatch): Perform {
  return perform({ type: "tasks.update", ids, patch }, { entity: ids[0] ?? "", name: `${ids.length} tasks` })
}

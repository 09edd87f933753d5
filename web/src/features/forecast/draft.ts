import type { ScenarioChanges, TaskWhatIf } from "@/lib/api/types"

/** The differences of a scenario while they are edited. */
export type Draft = Required<ScenarioChanges>

/** A field that is empty again is no difference. */
export function changed(task: TaskWhatIf, fields: { [Key in keyof TaskWhatIf]?: TaskWhatIf[Key] | undefined }): TaskWhatIf {
  const wanted = Object.entries({ ...task, ...fields }).filter(([, value]) => value !== undefined)
  return Object.fromEntries(wanted) as unknown as TaskWhatIf
}

/** Without tasks that stay as they are; of one that is left out nothing else matters. */
export function meantBy(draft: Draft): ScenarioChanges {
  const tasks = draft.tasks
    .map((task) => (task.left_out ? { task_id: task.task_id, left_out: true } : task))
    .filter((task) => task.left_out || Object.keys(task).some((field) => field !== "task_id" && field !== "left_out"))
  return { ...draft, tasks }
}

/** Hours as typed, in the minutes that the server counts; undefined for none. */
export function minutesOf(hours: string): number | undefined {
  const number = Number(hours)
  return hours === "" || !Number.isFinite(number) || number < 0 ? undefined : Math.round(number * 60)
}

export function replaced<Item>(items: readonly Item[], index: number, item: Item): Item[] {
  return items.map((one, place) => (place === index ? item : one))
}

export function without<Item>(items: readonly Item[], index: number): Item[] {
  return items.filter((_, place) => place !== index)
}

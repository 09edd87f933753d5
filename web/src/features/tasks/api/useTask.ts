import { useAppSelector } from "@/lib/store"
import { useIsMissing } from "@/lib/sync/hooks"
import type { TaskRow } from "@/lib/sync/models"
import { selectTask } from "@/lib/sync/select"

export function useTask(id: string): { task: TaskRow | undefined; isMissing: boolean } {
  const task = useAppSelector((state) => selectTask(state, id))
  return { task, isMissing: useIsMissing(id, task !== undefined) }
}

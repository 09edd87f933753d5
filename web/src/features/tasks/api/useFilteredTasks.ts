import { useMemo } from "react"
import { useAppSelector } from "@/lib/store"
import type { TaskRow } from "@/lib/sync/models"
import { selectIsReady, selectTasksOf } from "@/lib/sync/select"
import type { BoardFilters } from "../filters/boardFilters"
import { passing } from "./boardView"

/** The tasks of a project that the filters let through; undefined until anything is here. */
export function useFilteredTasks(projectId: string, filters: BoardFilters): TaskRow[] | undefined {
  const isReady = useAppSelector(selectIsReady)
  const tasks = useAppSelector((state) => selectTasksOf(state, projectId))
  return useMemo(() => (isReady ? tasks.filter(passing(filters)) : undefined), [isReady, tasks, filters])
}

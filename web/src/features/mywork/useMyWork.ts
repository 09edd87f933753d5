import { useMemo } from "react"
import { selectUser } from "@/lib/session"
import { useAppSelector } from "@/lib/store"
import { selectIsReady, selectRows, selectSeenTasks } from "@/lib/sync/select"
import { myWork, type MyWork } from "./myWork"

/** Out of the store, so it is there without the network too; undefined until anything is here. */
export function useMyWork(now: number): MyWork | undefined {
  const me = useAppSelector(selectUser)?.id
  const isReady = useAppSelector(selectIsReady)
  const tasks = useAppSelector(selectSeenTasks)
  const dependencies = useAppSelector((state) => selectRows(state, "dependency"))
  const states = useAppSelector((state) => selectRows(state, "state"))
  return useMemo(() => {
    if (!me || !isReady) return undefined
    const ended = new Set(states.flatMap(({ project_id, key, category }) => (category === "completed" || category === "cancelled" ? [`${project_id} ${key}`] : [])))
    return myWork({ tasks, dependencies, me, now, isDone: ({ project_id, status }) => ended.has(`${project_id} ${status}`) })
  }, [me, isReady, tasks, dependencies, states, now])
}

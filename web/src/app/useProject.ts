import { useCallback } from "react"
import { useParams, useSearchParams } from "react-router"
import { useAppSelector } from "@/lib/store"
import { useIsMissing } from "@/lib/sync/hooks"
import { selectPeople, selectProjectByName, selectStatesOf, selectTags } from "@/lib/sync/select"

/** The project that the address names, by its id or its key, and what every view of it needs. */
export function useProject() {
  const { projectId: name = "" } = useParams()
  const project = useAppSelector((state) => selectProjectByName(state, name))
  const isMissing = useIsMissing(name, project !== undefined)
  const projectId = project?.id ?? name
  const people = useAppSelector(selectPeople)
  const tags = useAppSelector(selectTags)
  const states = useAppSelector((state) => selectStatesOf(state, projectId))
  return { projectId, project, isMissing, people, tags, states, ...useOpenTask() }
}

export type ProjectInView = ReturnType<typeof useProject>

/** The open task is part of the address: it can be linked to, and Back closes it. */
function useOpenTask() {
  const [params, setParams] = useSearchParams()
  const open = useCallback(
    (taskId: string) =>
      setParams((now) => {
        now.set("task", taskId)
        return now
      }),
    [setParams],
  )
  const close = useCallback(
    () =>
      setParams((now) => {
        now.delete("task")
        return now
      }),
    [setParams],
  )
  return { openId: params.get("task"), open, close }
}

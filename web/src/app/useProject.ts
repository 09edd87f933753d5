import { useParams } from "react-router"
import { useAppSelector } from "@/lib/store"
import { useIsMissing } from "@/lib/sync/hooks"
import { selectPeople, selectProjectByName, selectStatesOf, selectTags } from "@/lib/sync/select"
import { useOpenTask } from "./useOpenTask"

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

import { useMemo } from "react"
import { useFilteredTasks } from "@/features/tasks/api/useFilteredTasks"
import { isFiltering } from "@/features/tasks/filters/boardFilters"
import { useBoardFilters } from "@/features/tasks/filters/useBoardFilters"
import { TimelineSkeleton, TimelineView } from "@/features/timeline/TimelineView"
import { FirstTaskButton } from "../shell/FirstTaskButton"
import { ProjectFrame } from "../shell/ProjectFrame"
import { useProject } from "../useProject"

export function TimelinePage() {
  const view = useProject()
  const { projectId, openId, open } = view
  const { filters } = useBoardFilters()
  const tasks = useFilteredTasks(projectId, filters)
  const shown = useMemo(() => (tasks && isFiltering(filters) ? new Set(tasks.map(({ id }) => id)) : null), [tasks, filters])

  return (
    <ProjectFrame of={view} view="timeline" filters={{ matches: tasks?.length }} skeleton={<TimelineSkeleton />}>
      {({ id }) => <TimelineView key={id} projectId={id} shown={shown} openId={openId} onOpen={open} emptyAction={<FirstTaskButton />} />}
    </ProjectFrame>
  )
}

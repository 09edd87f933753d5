import { useFilteredTasks } from "@/features/tasks/api/useFilteredTasks"
import { CalendarView } from "@/features/tasks/calendar/CalendarView"
import { useBoardFilters } from "@/features/tasks/filters/useBoardFilters"
import { Skeleton } from "@/ui/states"
import { ProjectFrame } from "../shell/ProjectFrame"
import { useProject } from "../useProject"

export function CalendarPage() {
  const view = useProject()
  const { projectId, states, openId, open } = view
  const { filters } = useBoardFilters()
  const tasks = useFilteredTasks(projectId, filters)

  return (
    <ProjectFrame of={view} view="calendar" filters={{ matches: tasks?.length }} skeleton={<CalendarSkeleton />}>
      {({ id }) => (tasks ? <CalendarView key={id} tasks={tasks} states={states} openId={openId} onOpen={open} /> : <CalendarSkeleton />)}
    </ProjectFrame>
  )
}

function CalendarSkeleton() {
  return (
    <div role="status" aria-label="Loading the calendar" className="px-4 sm:px-6">
      <Skeleton className="mb-3 h-7 w-48" />
      <Skeleton className="h-[34rem] w-full rounded-lg" />
    </div>
  )
}

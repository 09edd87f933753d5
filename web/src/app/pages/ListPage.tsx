import { useFilteredTasks } from "@/features/tasks/api/useFilteredTasks"
import { useBoardFilters } from "@/features/tasks/filters/useBoardFilters"
import { TaskList } from "@/features/tasks/list/TaskList"
import { useAppSelector } from "@/lib/store"
import { selectMilestonesOf } from "@/lib/sync/select"
import { Skeleton } from "@/ui/states"
import { FirstTaskButton } from "../shell/FirstTaskButton"
import { ProjectFrame } from "../shell/ProjectFrame"
import { useProject } from "../useProject"

export function ListPage() {
  const view = useProject()
  const { projectId, states, people, tags, openId, open } = view
  const { filters } = useBoardFilters()
  const tasks = useFilteredTasks(projectId, filters)
  const milestones = useAppSelector((state) => selectMilestonesOf(state, projectId))

  return (
    <ProjectFrame of={view} view="list" filters={{ matches: tasks?.length }} skeleton={<ListSkeleton />}>
      {() =>
        tasks ? (
          <TaskList
            key={projectId}
            projectId={projectId}
            tasks={tasks}
            states={states}
            people={people}
            tags={tags}
            milestones={milestones}
            openId={openId}
            onOpen={open}
            emptyAction={<FirstTaskButton />}
          />
        ) : (
          <ListSkeleton />
        )
      }
    </ProjectFrame>
  )
}

function ListSkeleton() {
  return (
    <div role="status" aria-label="Loading the list" className="space-y-2 px-4 sm:px-6">
      {Array.from({ length: 10 }, (_, line) => (
        <Skeleton key={line} className="h-9 w-full" />
      ))}
    </div>
  )
}

import { WorkloadSkeleton, WorkloadView } from "@/features/workload/WorkloadView"
import { ProjectFrame } from "../shell/ProjectFrame"
import { useProject } from "../useProject"

export function WorkloadPage() {
  const view = useProject()
  const { people, open } = view
  return (
    <ProjectFrame of={view} view="workload" skeleton={<WorkloadSkeleton />}>
      {({ id }) => <WorkloadView key={id} projectId={id} people={people} onOpen={open} />}
    </ProjectFrame>
  )
}

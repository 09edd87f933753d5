import { lazy } from "react"
import { ForecastSkeleton, ForecastView } from "@/features/forecast/ForecastView"
import { paths } from "../paths"
import { ProjectFrame } from "../shell/ProjectFrame"
import { useProject } from "../useProject"
import { useSlug } from "../useSlug"

// Only one part of it shows this.
const WorkloadView = lazy(async () => ({ default: (await import("@/features/workload/WorkloadView")).WorkloadView }))

export function ForecastPage() {
  const slug = useSlug()
  const view = useProject()
  const { people, open } = view
  return (
    <ProjectFrame of={view} view="forecast" skeleton={<ForecastSkeleton />}>
      {(project) => (
        <ForecastView
          key={project.id}
          projectId={project.id}
          people={people}
          onOpen={open}
          workload={<WorkloadView projectId={project.id} people={people} onOpen={open} />}
          links={{ list: paths.projectView(slug, project.id, "list"), imports: paths.imports(slug) }}
        />
      )}
    </ProjectFrame>
  )
}

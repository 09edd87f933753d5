import { ForecastSkeleton, ForecastView } from "@/features/forecast/ForecastView"
import { paths } from "../paths"
import { ProjectFrame } from "../shell/ProjectFrame"
import { useProject } from "../useProject"
import { useSlug } from "../useSlug"

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
          links={{ list: paths.projectView(slug, project.id, "list"), imports: paths.imports(slug) }}
        />
      )}
    </ProjectFrame>
  )
}

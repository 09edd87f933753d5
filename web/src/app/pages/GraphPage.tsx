import { GraphSkeleton, GraphView } from "@/features/graph/GraphView"
import { ProjectFrame } from "../shell/ProjectFrame"
import { useProject } from "../useProject"

export function GraphPage() {
  const view = useProject()
  return (
    <ProjectFrame of={view} view="graph" skeleton={<GraphSkeleton />}>
      {({ id }) => <GraphView key={id} projectId={id} onOpen={view.open} />}
    </ProjectFrame>
  )
}

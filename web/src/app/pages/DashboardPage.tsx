import { DashboardSkeleton } from "@/features/dashboards/DashboardSkeleton"
import { ProjectDashboard } from "@/features/dashboards/ProjectDashboard"
import { selectCanWrite } from "@/lib/session"
import { useAppSelector } from "@/lib/store"
import { ButtonLink } from "@/ui/Button"
import { paths } from "../paths"
import { ProjectFrame } from "../shell/ProjectFrame"
import { useProject } from "../useProject"
import { useSlug } from "../useSlug"

export function DashboardPage() {
  const slug = useSlug()
  const view = useProject()
  const canWrite = useAppSelector(selectCanWrite)
  const { people, states, open } = view
  return (
    <ProjectFrame of={view} view="dashboard" skeleton={<div className="px-4 pt-4 sm:px-6"><DashboardSkeleton /></div>}>
      {({ id }) => (
        <ProjectDashboard key={id} projectId={id} states={states} people={people} onOpen={open}>
          <ButtonLink to={paths.board(slug, id)} variant="primary">
            {canWrite ? "Make tasks on the board" : "Go to the board"}
          </ButtonLink>
        </ProjectDashboard>
      )}
    </ProjectFrame>
  )
}

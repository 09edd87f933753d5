import { useNavigate } from "react-router"
import { NewProjectDialog } from "@/features/projects/NewProjectDialog"
import { ProjectList, ProjectListSkeleton } from "@/features/projects/ProjectList"
import { selectCanCreateProjects } from "@/lib/session"
import { useShortcuts } from "@/lib/shortcuts"
import { useAppSelector } from "@/lib/store"
import { selectIsReady, selectProjects } from "@/lib/sync/select"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { Button, ButtonLink } from "@/ui/Button"
import { EmptyState } from "@/ui/states"
import { paths } from "../paths"
import { Page } from "../shell/Page"
import { useCreating } from "../useCreating"
import { useSlug } from "../useSlug"

export function ProjectsPage() {
  useDocumentTitle("Projects")
  const slug = useSlug()
  const navigate = useNavigate()
  const canCreate = useAppSelector(selectCanCreateProjects)
  const [creating, setCreating] = useCreating()
  const isReady = useAppSelector(selectIsReady)
  const projects = useAppSelector(selectProjects)
  useShortcuts({ "projects.create": () => setCreating(true) }, canCreate)

  const actions = canCreate && (
    <>
      <ButtonLink to={paths.imports(slug)} icon="import">
        Import from Trello
      </ButtonLink>
      <Button variant="primary" icon="plus" onClick={() => setCreating(true)}>
        New project
      </Button>
    </>
  )
  const isEmpty = isReady && projects.length === 0

  return (
    <Page title="Projects" actions={!isEmpty && actions}>
      {!isReady && <ProjectListSkeleton />}
      {isEmpty && (
        <EmptyState
          icon="folder"
          title="Start with a project"
          text="A project holds the tasks of one piece of work, on a board your team shares. Start an empty one, or bring a Trello board with you."
        >
          {actions}
        </EmptyState>
      )}
      {isReady && !isEmpty && <ProjectList projects={projects} linkTo={({ id }) => paths.project(slug, id)} />}
      <NewProjectDialog
        open={creating}
        onClose={() => setCreating(false)}
        onCreated={({ id }) => void navigate(paths.board(slug, id))}
      />
    </Page>
  )
}

import { useNavigate } from "react-router"
import { Welcome } from "@/features/onboarding/Welcome"
import { mayInvite } from "@/features/people/offeredActions"
import { NewProjectDialog } from "@/features/projects/NewProjectDialog"
import { ProjectList, ProjectListSkeleton } from "@/features/projects/ProjectList"
import { useMay } from "@/features/roles/useMay"
import { selectCanCreateProjects, selectUser } from "@/lib/session"
import { useShortcuts } from "@/lib/shortcuts"
import { useAppSelector } from "@/lib/store"
import { selectIsReady, selectProjects } from "@/lib/sync/select"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { Button, ButtonLink } from "@/ui/Button"
import { EmptyState } from "@/ui/states"
import { JUST_STARTED } from "../onboarding"
import { paths } from "../paths"
import { Page } from "../shell/Page"
import { useCreating } from "../useCreating"
import { useSlug } from "../useSlug"

export function ProjectsPage() {
  useDocumentTitle("Projects")
  const slug = useSlug()
  const navigate = useNavigate()
  const actor = useAppSelector(selectUser)
  const may = useMay()
  const canCreate = useAppSelector(selectCanCreateProjects)
  const [creating, setCreating] = useCreating()
  const isReady = useAppSelector(selectIsReady)
  const projects = useAppSelector(selectProjects)
  useShortcuts({ "projects.create": () => setCreating(true), "projects.import": () => void navigate(paths.imports(slug)) }, canCreate)

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
  const goTo = (id: string) => void navigate(paths.board(slug, id), isEmpty ? { state: JUST_STARTED } : {})

  return (
    <Page title="Projects" actions={!isEmpty && actions}>
      {!isReady && <ProjectListSkeleton />}
      {isEmpty && canCreate && (
        <Welcome
          importTo={paths.imports(slug)}
          onEmpty={() => setCreating(true)}
          onSample={({ id }) => goTo(id)}
          peopleTo={actor && mayInvite(actor, may) ? paths.people(slug) : null}
        />
      )}
      {isEmpty && !canCreate && (
        <EmptyState
          icon="folder"
          title="You are in no project yet"
          text="A project holds the tasks of one piece of work. Somebody who manages one adds you to it; it is here from that moment on."
        />
      )}
      {isReady && !isEmpty && <ProjectList projects={projects} linkTo={({ id }) => paths.project(slug, id)} />}
      <NewProjectDialog
        open={creating}
        onClose={() => setCreating(false)}
        onCreated={({ id }) => goTo(id)}
      />
    </Page>
  )
}

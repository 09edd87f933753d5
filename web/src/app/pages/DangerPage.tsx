import { useNavigate } from "react-router"
import { HandOver } from "@/features/danger/HandOver"
import { ArchivedProjects, DeletedProjects } from "@/features/danger/PutAwayProjects"
import { useGetPeopleQuery } from "@/features/people/api"
import { useMay } from "@/features/roles/useMay"
import { selectUser, selectWorkspace } from "@/lib/session"
import { useAppSelector } from "@/lib/store"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { paths } from "../paths"
import { Section } from "../shell/Section"
import { useSlug } from "../useSlug"

export function DangerPage() {
  useDocumentTitle("Danger zone")
  const slug = useSlug()
  const navigate = useNavigate()
  const me = useAppSelector(selectUser)
  const workspace = useAppSelector(selectWorkspace)
  const mayDelete = useMay()("project", "delete")
  const { data: people = [] } = useGetPeopleQuery(undefined, { refetchOnMountOrArgChange: true })
  return (
    <>
      {me?.role === "owner" && workspace && (
        <Section title="Hand over the workspace" text="Give it to another owner.">
          <HandOver workspaceName={workspace.name} me={me} people={people} onSteppedDown={() => void navigate(paths.projects(slug))} />
        </Section>
      )}
      <Section title="Archived projects" text="They can be read, and nothing in them changes until they are brought back.">
        <ArchivedProjects />
      </Section>
      {mayDelete && (
        <Section title="Deleted projects" text="The trash of the workspace. When its time is up, a project in it is deleted for good.">
          <DeletedProjects />
        </Section>
      )}
    </>
  )
}

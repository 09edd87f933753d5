import { useMemo } from "react"
import { useSearchParams } from "react-router"
import { Inbox } from "@/features/inbox/Inbox"
import { readFilters, writeFilters } from "@/features/inbox/inboxFilters"
import { useAppSelector } from "@/lib/store"
import { selectPeople, selectProjects } from "@/lib/sync/select"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { ButtonLink } from "@/ui/Button"
import { KeyLink } from "@/ui/KeyAction"
import { paths } from "../paths"
import { Page } from "../shell/Page"
import { useSlug } from "../useSlug"

export function InboxPage() {
  useDocumentTitle("Inbox")
  const slug = useSlug()
  // The address is the only place the filters live: Back works.
  const [params, setParams] = useSearchParams()
  const filters = useMemo(() => readFilters(params), [params])
  const people = useAppSelector(selectPeople)
  const projects = useAppSelector(selectProjects)
  return (
    <Page
      title="Inbox"
      narrow
      actions={
        <ButtonLink to={paths.notifications(slug)} icon="bell">
          What you are told
        </ButtonLink>
      }
    >
      <Inbox
        filters={filters}
        emptyAction={
          <KeyLink keys="g n" to={paths.notifications(slug)}>
            Choose what you are told
          </KeyLink>
        }
        onFilter={(wanted) => setParams(writeFilters(wanted), { replace: true })}
        people={people}
        projects={projects}
        linkTo={({ project_id, task }) => (task ? paths.task(slug, project_id, task.id) : paths.board(slug, project_id))}
      />
    </Page>
  )
}

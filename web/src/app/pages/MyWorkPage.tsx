import { MyWorkLists } from "@/features/mywork/MyWorkLists"
import { useAppSelector } from "@/lib/store"
import { selectPeople } from "@/lib/sync/select"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { KeyLink } from "@/ui/KeyAction"
import { paths } from "../paths"
import { Page } from "../shell/Page"
import { useOpenTask } from "../useOpenTask"
import { useSlug } from "../useSlug"
import { TaskBeside } from "./TaskBeside"

export function MyWorkPage() {
  useDocumentTitle("My work")
  const people = useAppSelector(selectPeople)
  const slug = useSlug()
  const { openId, close, linkTo } = useOpenTask()
  return (
    <TaskBeside openId={openId} onClose={close}>
      <Page title="My work" narrow>
        <MyWorkLists
          people={people}
          openId={openId}
          linkTo={linkTo}
          emptyAction={
            <KeyLink keys="g a" variant="primary" to={paths.tasks(slug)}>
              Find something to do
            </KeyLink>
          }
        />
      </Page>
    </TaskBeside>
  )
}

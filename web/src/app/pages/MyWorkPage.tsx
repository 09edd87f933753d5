import { MyWorkLists } from "@/features/mywork/MyWorkLists"
import { useAppSelector } from "@/lib/store"
import { selectPeople } from "@/lib/sync/select"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { Page } from "../shell/Page"
import { useOpenTask } from "../useOpenTask"
import { TaskBeside } from "./TaskBeside"

export function MyWorkPage() {
  useDocumentTitle("My work")
  const people = useAppSelector(selectPeople)
  const { openId, close, linkTo } = useOpenTask()
  return (
    <TaskBeside openId={openId} onClose={close}>
      <Page title="My work" narrow>
        <MyWorkLists people={people} openId={openId} linkTo={linkTo} />
      </Page>
    </TaskBeside>
  )
}

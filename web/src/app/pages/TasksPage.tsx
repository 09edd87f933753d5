import { useNavigate, useSearchParams } from "react-router"
import { useFindTasksInfiniteQuery } from "@/features/views/api"
import { FoundTasks } from "@/features/views/FoundTasks"
import { QueryField } from "@/features/views/QueryField"
import { ViewActions } from "@/features/views/ViewActions"
import { useAppSelector } from "@/lib/store"
import { selectPeople, selectViews } from "@/lib/sync/select"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { Button } from "@/ui/Button"
import { KeyLink } from "@/ui/KeyAction"
import { paths } from "../paths"
import { Page } from "../shell/Page"
import { useOpenTask } from "../useOpenTask"
import { useSlug } from "../useSlug"
import { TaskBeside } from "./TaskBeside"

/** Tasks of all projects: those of a query, or of a view that keeps one. */
export function TasksPage() {
  const slug = useSlug()
  const navigate = useNavigate()
  const [params, setParams] = useSearchParams()
  const people = useAppSelector(selectPeople)
  const viewId = params.get("view")
  const view = useAppSelector(selectViews).find(({ id }) => id === viewId)
  const query = params.get("query") ?? view?.query ?? ""
  const { openId, close, linkTo } = useOpenTask()
  const { error, isFetching } = useFindTasksInfiniteQuery(query)
  const title = view?.name ?? "All tasks"
  useDocumentTitle(title)

  const ask = (wanted: string) =>
    setParams((now) => {
      if (wanted === (view?.query ?? "")) now.delete("query")
      else now.set("query", wanted)
      return now
    })

  const nextStep =
    query === "" ? (
      <KeyLink keys="g p" variant="primary" to={paths.projects(slug)}>
        Go to the projects
      </KeyLink>
    ) : (
      <Button onClick={() => ask("")}>Show all tasks</Button>
    )

  return (
    <TaskBeside openId={openId} onClose={close}>
      <Page
        title={title}
        actions={
          <ViewActions
            view={view}
            query={query}
            layout="list"
            onOpen={({ id }) => void navigate(paths.view(slug, id))}
            onDeleted={() => void navigate(paths.tasks(slug))}
          />
        }
      >
        <div className="mb-4">
          <QueryField query={query} onChange={ask} error={error} isBusy={isFetching} shortcut="tasks.query" />
        </div>
        <FoundTasks query={query} people={people} openId={openId} linkTo={linkTo} emptyAction={nextStep} />
      </Page>
    </TaskBeside>
  )
}

import { useParams } from "react-router"
import { CompanyFaces } from "@/features/presence/Company"
import { usePresence } from "@/features/presence/usePresence"
import { useBoard } from "@/features/tasks/api/useBoard"
import { Board } from "@/features/tasks/board/Board"
import { BoardSkeleton } from "@/features/tasks/board/BoardSkeleton"
import { isFiltering } from "@/features/tasks/filters/boardFilters"
import { FilterBar } from "@/features/tasks/filters/FilterBar"
import { useBoardFilters } from "@/features/tasks/filters/useBoardFilters"
import { NewTaskDialog } from "@/features/tasks/panel/NewTaskDialog"
import { selectCanWrite } from "@/lib/session"
import { useShortcuts } from "@/lib/shortcuts"
import { useAppSelector } from "@/lib/store"
import { useIsMissing } from "@/lib/sync/hooks"
import { selectPeople, selectProject, selectStatesOf, selectTags } from "@/lib/sync/select"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { Button, ButtonLink } from "@/ui/Button"
import { EmptyState } from "@/ui/states"
import { paths } from "../paths"
import { BoardHeader } from "../shell/BoardHeader"
import { MembersButton } from "../shell/MembersButton"
import { useCreating } from "../useCreating"
import { useBoardQuery } from "../useBoardQuery"
import { useOpenTask } from "../useOpenTask"
import { useSlug } from "../useSlug"
import { BoardQuery, BoardQueryButton } from "./BoardQuery"
import { LazyTaskView } from "./LazyTaskView"

export function BoardPage() {
  const slug = useSlug()
  const { projectId = "" } = useParams()
  const canWrite = useAppSelector(selectCanWrite)
  const [creating, setCreating] = useCreating()
  const { filters, clearFilters } = useBoardFilters()
  const { openId, open, close } = useOpenTask()

  const project = useAppSelector((state) => selectProject(state, projectId))
  const isMissing = useIsMissing(projectId, project !== undefined)
  const asked = useBoardQuery(project)
  const { board, showMore } = useBoard(projectId, filters, asked.only)
  const people = useAppSelector(selectPeople)
  const tags = useAppSelector(selectTags)
  const states = useAppSelector((state) => selectStatesOf(state, projectId))
  const company = usePresence("project", projectId, people)
  useDocumentTitle(project?.name)
  useShortcuts({ "board.create": () => setCreating(true) }, canWrite)

  if (isMissing) {
    return (
      <EmptyState icon="search" title="There is no such project" text="It may have been deleted, or the address is not right.">
        <ButtonLink to={paths.projects(slug)} variant="primary">
          Go to your projects
        </ButtonLink>
      </EmptyState>
    )
  }

  const matches = board?.columns.reduce((sum, { count }) => sum + count, 0)

  return (
    <div className="flex h-full">
      <div className="flex min-w-0 flex-1 flex-col">
        <BoardHeader project={project}>
          <CompanyFaces company={company} />
          {project && <MembersButton project={project} people={people} />}
          {canWrite && project && (
            <Button variant="primary" icon="plus" onClick={() => setCreating(true)}>
              New task
            </Button>
          )}
        </BoardHeader>
        <div className="px-4 pb-3 sm:px-6">
          <FilterBar people={people} tags={tags} matches={matches}>
            <BoardQueryButton asked={asked} />
          </FilterBar>
          {project && <BoardQuery project={project} asked={asked} />}
        </div>
        {matches === 0 && (isFiltering(filters) || asked.query !== "") && (
          <p className="flex items-center gap-2 px-4 pb-3 text-sm text-ink-muted sm:px-6">
            No task matches.
            <Button size="sm" onClick={() => (isFiltering(filters) ? clearFilters() : asked.ask(""))}>
              Clear filters
            </Button>
          </p>
        )}
        <div className="min-h-0 flex-1">
          {board && project ? (
            <Board
              projectId={projectId}
              board={board}
              onShowMore={showMore}
              people={people}
              tags={tags}
              openId={openId}
              onOpen={open}
            />
          ) : (
            <BoardSkeleton />
          )}
        </div>
      </div>
      {openId && project && (
        <LazyTaskView
          taskId={openId}
          states={states}
          people={people}
          tags={tags}
          onClose={close}
        />
      )}
      {project && (
        <NewTaskDialog
          open={creating}
          onClose={() => setCreating(false)}
          projectId={projectId}
          states={states}
          people={people}
        />
      )}
    </div>
  )
}

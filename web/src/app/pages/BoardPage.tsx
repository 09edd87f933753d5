import { useCallback, useState } from "react"
import { useParams, useSearchParams } from "react-router"
import { useGetPeopleQuery } from "@/features/people/api"
import { useGetProjectQuery } from "@/features/projects/api"
import { useGetBoardQuery, useGetTagsQuery } from "@/features/tasks/api/board"
import { findCard } from "@/features/tasks/api/boardCache"
import { Board } from "@/features/tasks/board/Board"
import { BoardSkeleton } from "@/features/tasks/board/BoardSkeleton"
import { isFiltering } from "@/features/tasks/filters/boardFilters"
import { FilterBar } from "@/features/tasks/filters/FilterBar"
import { useBoardFilters } from "@/features/tasks/filters/useBoardFilters"
import { NewTaskDialog } from "@/features/tasks/panel/NewTaskDialog"
import { isMissing } from "@/lib/api/problem"
import { selectCanWrite } from "@/lib/session"
import { useShortcuts } from "@/lib/shortcuts"
import { useAppSelector } from "@/lib/store"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { Button, ButtonLink } from "@/ui/Button"
import { EmptyState, ErrorNotice } from "@/ui/states"
import { paths } from "../paths"
import { BoardHeader } from "../shell/BoardHeader"
import { MembersButton } from "../shell/MembersButton"
import { useSlug } from "../useSlug"
import { LazyTaskView } from "./LazyTaskView"

const nobody: never[] = []

export function BoardPage() {
  const slug = useSlug()
  const { projectId = "" } = useParams()
  const canWrite = useAppSelector(selectCanWrite)
  const [creating, setCreating] = useState(false)
  const { filters, clearFilters } = useBoardFilters()
  const { openId, open, close } = useOpenTask()

  const { data: project, error: projectError } = useGetProjectQuery(projectId)
  const { currentData: freshBoard, data: lastBoard, error: boardError, refetch } = useGetBoardQuery(
    { projectId, filters },
    { refetchOnMountOrArgChange: 5 },
  )
  const { data: people = nobody } = useGetPeopleQuery()
  const { data: tags = nobody } = useGetTagsQuery()
  useDocumentTitle(project?.name)
  useShortcuts({ c: () => setCreating(true) }, canWrite)

  const error = projectError ?? boardError
  if (isMissing(error)) {
    return (
      <EmptyState icon="search" title="There is no such project" text="It may have been deleted, or the address is not right.">
        <ButtonLink to={paths.projects(slug)} variant="primary">
          Go to your projects
        </ButtonLink>
      </EmptyState>
    )
  }

  // While other filters load, the board before them stays, rather than a flash of nothing; never another project's.
  const board = freshBoard ?? (lastBoard && project && belongsTo(lastBoard, project.states) ? lastBoard : undefined)
  const matches = freshBoard?.columns.reduce((sum, { count }) => sum + count, 0)

  return (
    <div className="flex h-full">
      <div className="flex min-w-0 flex-1 flex-col">
        <BoardHeader project={project}>
          {project && <MembersButton project={project} people={people} />}
          {canWrite && project && (
            <Button variant="primary" icon="plus" onClick={() => setCreating(true)}>
              New task
            </Button>
          )}
        </BoardHeader>
        <div className="px-4 pb-3 sm:px-6">
          <FilterBar people={people} tags={tags} matches={matches} />
        </div>
        {error && (
          <div className="px-4 pb-3 sm:px-6">
            <ErrorNotice error={error} onRetry={() => void refetch()} />
          </div>
        )}
        {matches === 0 && isFiltering(filters) && (
          <p className="flex items-center gap-2 px-4 pb-3 text-sm text-ink-muted sm:px-6">
            No task matches.
            <Button size="sm" onClick={clearFilters}>
              Clear filters
            </Button>
          </p>
        )}
        <div className={`min-h-0 flex-1 transition-opacity ${freshBoard ? "" : "opacity-60"}`}>
          {board ? (
            <Board
              projectId={projectId}
              board={board}
              filters={filters}
              people={people}
              tags={tags}
              openId={openId}
              onOpen={open}
            />
          ) : (
            !error && <BoardSkeleton />
          )}
        </div>
      </div>
      {openId && project && (
        <LazyTaskView
          taskId={openId}
          card={board && findCard(board, openId)?.card}
          project={project}
          people={people}
          tags={tags}
          onClose={close}
        />
      )}
      {project && (
        <NewTaskDialog
          open={creating}
          onClose={() => setCreating(false)}
          onCreated={() => setCreating(false)}
          projectId={projectId}
          states={project.states}
          people={people}
        />
      )}
    </div>
  )
}

/** The open task is part of the address: it can be linked to, and Back closes it. */
function useOpenTask() {
  const [params, setParams] = useSearchParams()
  const open = useCallback(
    (taskId: string) =>
      setParams((now) => {
        now.set("task", taskId)
        return now
      }),
    [setParams],
  )
  const close = useCallback(
    () =>
      setParams((now) => {
        now.delete("task")
        return now
      }),
    [setParams],
  )
  return { openId: params.get("task"), open, close }
}

function belongsTo(board: { columns: { state: { id: string } }[] }, states: { id: string }[]): boolean {
  const own = new Set(states.map(({ id }) => id))
  return board.columns.every(({ state }) => own.has(state.id))
}

import { useMemo, type ReactNode } from "react"
import type { To } from "react-router"
import type { User } from "@/lib/api/types"
import { focusRow } from "@/lib/rowFocus"
import { useShortcuts } from "@/lib/shortcuts"
import { useAppSelector } from "@/lib/store"
import { selectRows } from "@/lib/sync/select"
import { Button } from "@/ui/Button"
import { EmptyState, ErrorNotice, Skeleton } from "@/ui/states"
import { TaskLine } from "@/ui/TaskLine"
import { useFindTasksInfiniteQuery } from "./api"
import { queryProblem } from "./queryProblem"

interface FoundTasksProps {
  query: string
  people: User[]
  openId: string | null
  linkTo: (taskId: string) => To
  /** What to do when there is nothing here. */
  emptyAction: ReactNode
}

/** The tasks that a query means, in its order. */
export function FoundTasks({ query, people, openId, linkTo, emptyAction }: FoundTasksProps) {
  const { currentData, error, isFetching, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useFindTasksInfiniteQuery(query, {
    refetchOnMountOrArgChange: true,
  })
  const states = useAppSelector((state) => selectRows(state, "state"))
  const projects = useAppSelector((state) => selectRows(state, "project"))
  const names = useMemo(
    () => ({
      people: new Map(people.map((person) => [person.id, person])),
      states: new Map(states.map((state) => [`${state.project_id} ${state.key}`, state])),
      projects: new Map(projects.map(({ id, name }) => [id, name])),
    }),
    [people, states, projects],
  )
  useShortcuts({ "rows.next": () => focusRow(1), "rows.previous": () => focusRow(-1) })
  const tasks = currentData?.pages.flatMap(({ items }) => items) ?? []
  const total = currentData?.pages[0]?.total

  return (
    <>
      {error && !queryProblem(error, query) && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!currentData && isFetching && <Skeleton className="h-96 rounded-xl" />}
      <p role="status" className="mb-2 px-1 text-xs text-ink-faint tabular-nums">
        {currentData && typeof total === "number" && (total === 1 ? "1 task" : `${total} tasks`)}
      </p>
      {tasks.length > 0 && !error && (
        <ul aria-label="Tasks" className="overflow-hidden rounded-xl border border-line bg-surface">
          {tasks.map((task) => (
            <TaskLine
              key={task.id}
              task={task}
              state={names.states.get(`${task.project_id} ${task.status}`)}
              assignee={names.people.get(task.assignee_id ?? "")}
              to={linkTo(task.id)}
              isOpen={task.id === openId}
            >
              {names.projects.get(task.project_id)}
            </TaskLine>
          ))}
        </ul>
      )}
      {currentData && tasks.length === 0 && !error && (
        <EmptyState
          icon="view"
          title="No task"
          text={
            query === ""
              ? "The tasks of all your projects come together here, to be asked for by a query and kept as a view. There are none yet."
              : "No task that you may see is as the query says."
          }
        >
          {emptyAction}
        </EmptyState>
      )}
      {hasNextPage && !error && (
        <div className="mt-4 flex justify-center">
          <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show more
          </Button>
        </div>
      )}
    </>
  )
}

import { useNavigate } from "react-router"
import { QueryField } from "@/features/views/QueryField"
import { queryProblem } from "@/features/views/queryProblem"
import { ViewActions } from "@/features/views/ViewActions"
import type { Project } from "@/lib/api/types"
import { ErrorNotice } from "@/ui/states"
import { paths, viewPath } from "../paths"
import type { BoardQuery as Asked } from "../useBoardQuery"
import { useSlug } from "../useSlug"

export interface BoardQueryProps {
  project: Project
  asked: Asked
}

/** Narrows the board by what chips cannot say. */
export function BoardQueryRow({ project, asked }: BoardQueryProps) {
  const slug = useSlug()
  const navigate = useNavigate()
  const { query, prefix, ask, view, error, isFetching, wasOpened } = asked
  return (
    <div className="mt-2 space-y-1.5">
      <div ref={wasOpened && query === "" ? focusField : undefined} className="flex flex-wrap items-start gap-1.5">
        <QueryField query={query} onChange={ask} error={error} prefix={prefix} isBusy={isFetching} shortcut="board.query" />
        <ViewActions
          view={view}
          query={query}
          layout="board"
          projectId={project.id}
          onOpen={(saved) => void navigate(viewPath(slug, saved))}
          onDeleted={() => void navigate(paths.board(slug, project.id))}
        />
      </div>
      {error !== undefined && !queryProblem(error, query) && <ErrorNotice error={error} />}
    </div>
  )
}

/** Asked for by a key or a click: typing is what comes next. */
function focusField(row: HTMLElement | null) {
  row?.querySelector("input")?.focus()
}

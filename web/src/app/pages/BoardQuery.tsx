import { useNavigate } from "react-router"
import { QueryField } from "@/features/views/QueryField"
import { queryProblem } from "@/features/views/queryProblem"
import { ViewActions } from "@/features/views/ViewActions"
import type { Project } from "@/lib/api/types"
import { useShortcuts } from "@/lib/shortcuts"
import { Button } from "@/ui/Button"
import { ErrorNotice } from "@/ui/states"
import { paths, viewPath } from "../paths"
import type { BoardQuery as Asked } from "../useBoardQuery"
import { useSlug } from "../useSlug"

interface BoardQueryProps {
  project: Project
  asked: Asked
}

/** What stands among the chips until the field is wanted. */
export function BoardQueryButton({ asked: { isOpen, open } }: { asked: Asked }) {
  useShortcuts({ "board.query": open }, !isOpen)
  if (isOpen) return null
  return (
    <Button size="sm" icon="view" aria-keyshortcuts="q" title="Filter by a query (Q)" className="text-ink-muted! shadow-none! pointer-coarse:h-10" onClick={open}>
      Query
    </Button>
  )
}

/** Narrows the board by what chips cannot say. */
export function BoardQuery({ project, asked }: BoardQueryProps) {
  const slug = useSlug()
  const navigate = useNavigate()
  const { query, prefix, ask, view, error, isFetching, isOpen, wasOpened } = asked
  if (!isOpen) return null
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

import type { ReactNode } from "react"
import { CompanyFaces } from "@/features/presence/Company"
import { usePresence } from "@/features/presence/usePresence"
import { isFiltering } from "@/features/tasks/filters/boardFilters"
import { FilterBar } from "@/features/tasks/filters/FilterBar"
import { useBoardFilters } from "@/features/tasks/filters/useBoardFilters"
import type { Project } from "@/lib/api/types"
import { selectCanWrite } from "@/lib/session"
import { useShortcuts } from "@/lib/shortcuts"
import { useAppSelector } from "@/lib/store"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { Button, ButtonLink } from "@/ui/Button"
import { lazyDialog } from "@/ui/lazyDialog"
import { EmptyState } from "@/ui/states"
import { BoardQuery, BoardQueryButton } from "../pages/BoardQuery"
import { LazyTaskView } from "../pages/LazyTaskView"
import { paths } from "../paths"
import type { ViewName } from "../projectViews"
import type { BoardQuery as Asked } from "../useBoardQuery"
import { useCreating } from "../useCreating"
import type { ProjectInView } from "../useProject"
import { useSlug } from "../useSlug"
import { BoardHeader } from "./BoardHeader"
import { FirstTaskButton } from "./FirstTaskButton"
import { InviteStrip } from "./InviteStrip"
import { MembersButton } from "./MembersButton"
import { ProjectMenu } from "./ProjectMenu"
import { ViewTabs } from "./ViewTabs"

const NewTaskDialog = lazyDialog(async () => (await import("@/features/tasks/panel/NewTaskDialog")).NewTaskDialog)

interface ProjectFrameProps {
  of: ProjectInView
  view: ViewName
  /** With the bar of filters, and how many tasks they let through; unknown while loading. With a query where the view takes one. */
  filters?: { matches: number | undefined; asked?: Asked }
  /** Stands in for the view until the project is here. */
  skeleton: ReactNode
  children: (project: Project) => ReactNode
}

/** What stands around every view of a project: its name, the other views, the filters, the open task. */
export function ProjectFrame({ of, view, filters, skeleton, children }: ProjectFrameProps) {
  const slug = useSlug()
  const canWrite = useAppSelector(selectCanWrite)
  const [creating, setCreating] = useCreating()
  const { projectId, project, isMissing, people, tags, states, openId, close } = of
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
          {project && <ProjectMenu project={project} />}
        </BoardHeader>
        <ViewTabs projectId={projectId} current={view} />
        {filters && (
          <div className="px-4 py-2.5 sm:px-6">
            <FilterBar people={people} tags={tags} matches={filters.matches}>
              {filters.asked && <BoardQueryButton asked={filters.asked} />}
            </FilterBar>
            {project && filters.asked && <BoardQuery project={project} asked={filters.asked} />}
          </div>
        )}
        <InviteStrip />
        {filters?.matches === 0 && EMPTY_VIEWS[view] && <NoTasks text={EMPTY_VIEWS[view]} asked={filters.asked} />}
        {filters?.matches === 0 && <NothingMatches asked={filters.asked} />}
        <div className="min-h-0 flex-1">{project ? children(project) : skeleton}</div>
      </div>
      {openId && project && <LazyTaskView taskId={openId} states={states} people={people} tags={tags} onClose={close} />}
      {project && (
        <NewTaskDialog open={creating} onClose={() => setCreating(false)} projectId={projectId} states={states} people={people} />
      )}
    </div>
  )
}

// The list and the timeline say it where their lines would be.
const EMPTY_VIEWS: Partial<Record<ViewName, string>> = {
  board: "No tasks yet. Each column is a step of the work, and a card moves from one to the next.",
  calendar: "No tasks yet. Here they stand on the day that they are due; drag one to another day.",
}

function NoTasks({ text, asked }: { text: string; asked: Asked | undefined }) {
  const { filters } = useBoardFilters()
  if (isFiltering(filters) || (asked !== undefined && asked.query !== "")) return null
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 pb-3 text-sm text-ink-muted sm:px-6">
      {text}
      <FirstTaskButton />
    </p>
  )
}

function NothingMatches({ asked }: { asked: Asked | undefined }) {
  const { filters, clearFilters } = useBoardFilters()
  const isAsked = asked !== undefined && asked.query !== ""
  if (!isFiltering(filters) && !isAsked) return null
  return (
    <p className="flex items-center gap-2 px-4 pb-3 text-sm text-ink-muted sm:px-6">
      No task matches.
      <Button size="sm" onClick={() => (isFiltering(filters) ? clearFilters() : asked?.ask(""))}>
        Clear filters
      </Button>
    </p>
  )
}

import { useDroppable } from "@dnd-kit/core"
import { Fragment, lazy, memo, Suspense, useDeferredValue, useState } from "react"
import type { BoardColumn as Column, User } from "@/lib/api/types"
import { Button, IconButton } from "@/ui/Button"
import { StateDot } from "@/ui/StateDot"
import { TaskCard } from "./TaskCard"

const QuickAdd = lazy(async () => ({ default: (await import("./QuickAdd")).QuickAdd }))

interface BoardColumnProps {
  column: Column
  projectId: string
  peopleById: ReadonlyMap<string, User>
  tagColors: ReadonlyMap<string, string | null>
  liftedId: string | undefined
  openId: string | null
  /** Where the drop line is drawn, if this column is the target. */
  lineAt: number | null
  canWrite: boolean
  onOpen: (taskId: string) => void
  onShowMore: (status: string) => void
}

/** The lowest that a card can be, with the gap below it. */
const LOWEST_CARD = 72

export const BoardColumn = memo(function BoardColumn({ column, projectId, canWrite, lineAt, liftedId, openId, ...rest }: BoardColumnProps) {
  const { state, items, count, next_cursor } = column
  const [adding, setAdding] = useState(false)
  const { setNodeRef } = useDroppable({ id: state.key })
  // What fits on the screen comes first, the rest of the column a moment later.
  const most = useDeferredValue(Number.POSITIVE_INFINITY, Math.ceil(window.innerHeight / LOWEST_CARD))

  return (
    <section
      ref={setNodeRef}
      aria-label={`${state.name} column`}
      data-column={state.key}
      // As tall as the board, whatever is in it: a card can be dropped anywhere under a short column.
      className="h-full w-[min(18.5rem,84vw)] shrink-0 snap-start"
    >
      <div
        className={`flex max-h-full flex-col rounded-xl transition-colors duration-100 ${
          lineAt !== null ? "bg-accent-soft" : "bg-sunken"
        }`}
      >
      <header className="flex h-10 shrink-0 items-center gap-2 pr-1.5 pl-3.5">
        <StateDot category={state.category} />
        <h2 className="min-w-0 truncate text-sm font-semibold text-ink" title={state.name}>
          {state.name}
        </h2>
        <span className="mr-auto text-xs text-ink-faint tabular-nums">
          {count}
          <span className="sr-only">{count === 1 ? " task" : " tasks"}</span>
        </span>
        {canWrite && <IconButton icon="plus" label={`Add task to ${state.name}`} onClick={() => setAdding(true)} />}
      </header>

      <ol className="relative min-h-2 flex-1 space-y-2 overflow-y-auto scroll-thin px-2 pt-1.5 pb-2">
        {items.slice(0, most).map((card, index) => (
          <Fragment key={card.id}>
            {lineAt === index && <DropLine />}
            <li>
              <TaskCard
                card={card}
                category={state.category}
                assignee={rest.peopleById.get(card.assignee_id ?? "")}
                tagColors={rest.tagColors}
                lifted={card.id === liftedId}
                open={card.id === openId}
                canDrag={canWrite}
                onOpen={rest.onOpen}
              />
            </li>
          </Fragment>
        ))}
        {lineAt !== null && lineAt >= items.length && <DropLine />}
        {items.length === 0 && !adding && <li className="px-1.5 pt-0.5 pb-2 text-xs text-ink-faint">No tasks</li>}
        {next_cursor !== null && (
          <li>
            <Button size="sm" variant="ghost" className="w-full" onClick={() => rest.onShowMore(state.key)}>
              Load more ({count - items.length} left)
            </Button>
          </li>
        )}
      </ol>
      {adding && (
        <Suspense fallback={null}>
          <QuickAdd projectId={projectId} state={state} onClose={() => setAdding(false)} />
        </Suspense>
      )}
      </div>
    </section>
  )
})

// Takes no height, so that nothing moves while somebody aims.
function DropLine() {
  return (
    <li aria-hidden="true" data-drop-line className="pointer-events-none relative z-10 mb-0! h-0">
      <span className="absolute inset-x-0 -top-[5px] h-0.5 rounded-full bg-accent" />
    </li>
  )
}

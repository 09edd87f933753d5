import { DndContext, DragOverlay, pointerWithin, type Announcements } from "@dnd-kit/core"
import { useMemo, useRef } from "react"
import type { Board as BoardData, Tag, User } from "@/lib/api/types"
import { selectCanWrite } from "@/lib/session"
import { useShortcuts } from "@/lib/shortcuts"
import { useAppSelector } from "@/lib/store"
import { BoardColumn } from "./BoardColumn"
import { CardBody } from "./CardBody"
import { moveCardFocus } from "./cardFocus"
import { lineIndex } from "./dropTarget"
import { LIFT_HELP_ID } from "./TaskCard"
import { useCardMove } from "./useCardMove"
import { useEdgeScroll } from "./useEdgeScroll"
import { useKeyboardLift } from "./useKeyboardLift"
import { usePointerDrag } from "./usePointerDrag"

interface BoardProps {
  projectId: string
  board: BoardData
  onShowMore: (status: string) => void
  people: User[]
  tags: Tag[]
  openId: string | null
  onOpen: (taskId: string) => void
}

// The board announces by itself, in words about columns and positions.
const silent: Announcements = {
  onDragStart: () => undefined,
  onDragOver: () => undefined,
  onDragEnd: () => undefined,
  onDragCancel: () => undefined,
}

export function Board({ projectId, board, onShowMore, people, tags, openId, onOpen }: BoardProps) {
  const canWrite = useAppSelector(selectCanWrite)
  const root = useRef<HTMLDivElement>(null)
  const peopleById = useMemo(() => new Map(people.map((person) => [person.id, person])), [people])
  const tagColors = useMemo(() => new Map(tags.map(({ name, color }) => [name, color])), [tags])

  const moveCard = useCardMove(board)
  const drop: Parameters<typeof usePointerDrag>[1] = (card, target) => moveCard(card, target)
  const pointer = usePointerDrag(board, drop)
  const keyboard = useKeyboardLift(canWrite ? board : undefined, drop)
  const lift = pointer.lift ?? keyboard.lift
  useEdgeScroll(pointer.lift !== null, root)

  const focusNext = (key: "j" | "k") => {
    if (root.current) moveCardFocus(root.current, key)
  }
  useShortcuts({ "board.next": () => focusNext("j"), "board.previous": () => focusNext("k") })

  const categoryOf = (status: string) => board.columns.find(({ state }) => state.key === status)?.state.category ?? "unstarted"

  return (
    <DndContext
      sensors={pointer.sensors}
      collisionDetection={pointerWithin}
      accessibility={{ announcements: silent }}
      autoScroll={false}
      {...pointer.handlers}
    >
      <p id={LIFT_HELP_ID} hidden>
        Press Enter to open, Space to pick up and move.
      </p>
      <p role="status" aria-live="assertive" className="sr-only">
        {keyboard.announcement}
      </p>
      {/* The keys belong to the cards inside; one listener serves them all. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div
        ref={root}
        role="group"
        aria-label="Board"
        onKeyDown={(event) => {
          keyboard.onKeyDown(event)
          if (!event.defaultPrevented && isPlainArrow(event) && root.current && moveCardFocus(root.current, event.key)) {
            event.preventDefault()
          }
        }}
        onKeyUp={keyboard.onKeyUp}
        onBlur={keyboard.onBlur}
        className="relative flex h-full snap-x snap-proximity scroll-px-4 items-start gap-3 overflow-x-auto overflow-y-hidden scroll-thin px-4 pt-1 pb-3 sm:snap-none sm:px-6"
      >
        {board.columns.map((column) => (
          <BoardColumn
            key={column.state.key}
            column={column}
            projectId={projectId}
            peopleById={peopleById}
            tagColors={tagColors}
            liftedId={lift?.card.id}
            openId={openId}
            lineAt={
              lift?.target?.status === column.state.key ? lineIndex(column.items, lift.card.id, lift.target.index) : null
            }
            canWrite={canWrite}
            onOpen={onOpen}
            onShowMore={onShowMore}
          />
        ))}
      </div>
      <DragOverlay dropAnimation={null}>
        {pointer.lift && (
          <div className="rotate-1 cursor-grabbing rounded-lg border border-line-strong bg-raised shadow-lift">
            <CardBody
              card={pointer.lift.card}
              category={categoryOf(pointer.lift.card.status)}
              assignee={peopleById.get(pointer.lift.card.assignee_id ?? "")}
              tagColors={tagColors}
            />
          </div>
        )}
      </DragOverlay>
    </DndContext>
  )
}

function isPlainArrow({ key, target }: React.KeyboardEvent): boolean {
  return key.startsWith("Arrow") && target instanceof HTMLElement && target.dataset.card !== undefined
}

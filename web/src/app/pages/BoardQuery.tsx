import { lazy, Suspense } from "react"
import { useShortcuts } from "@/lib/shortcuts"
import { Button } from "@/ui/Button"
import type { BoardQuery as Asked } from "../useBoardQuery"
import type { BoardQueryProps } from "./BoardQueryRow"

const BoardQueryRow = lazy(async () => ({ default: (await import("./BoardQueryRow")).BoardQueryRow }))

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

/** The field for it, which arrives when it is wanted. */
export function BoardQuery(props: BoardQueryProps) {
  if (!props.asked.isOpen) return null
  return (
    <Suspense fallback={<div className="mt-2 h-8" />}>
      <BoardQueryRow {...props} />
    </Suspense>
  )
}

import { useEffect, useRef, useState, type PointerEvent } from "react"
import type { Shift } from "./rows"

/** So much of a bar's end pulls that end. */
const GRIP = 8
const THRESHOLD = 4

interface Drag {
  taskId: string
  kind: Shift["kind"]
  from: number
  scrolledFrom: number
  moved: boolean
}

interface BarDrag {
  dayWidth: number
  scrolled: () => number
  onShift: (shift: Shift | null) => void
  onOpen: (taskId: string) => void
}

/** Bars follow the mouse or a pen. A finger scrolls: for it there are the keys and the table. */
export function useBarDrag({ dayWidth, scrolled, onShift, onOpen }: BarDrag) {
  const drag = useRef<Drag | null>(null)
  const [dragged, setDragged] = useState<string | null>(null)

  useEffect(() => {
    if (dragged === null) return
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return
      event.preventDefault()
      drag.current = null
      setDragged(null)
      onShift(null)
    }
    document.addEventListener("keydown", onKeyDown, true)
    return () => document.removeEventListener("keydown", onKeyDown, true)
  }, [dragged, onShift])

  const onPointerDown = (event: PointerEvent<HTMLElement>, taskId: string, mayPull: boolean) => {
    if (event.button !== 0 || event.pointerType === "touch") return
    const box = event.currentTarget.getBoundingClientRect()
    const within = event.clientX - box.left
    const hasGrips = mayPull && box.width > 3 * GRIP
    const kind = hasGrips && within < GRIP ? "start" : mayPull && box.width - within < GRIP ? "finish" : "move"
    event.currentTarget.setPointerCapture(event.pointerId)
    drag.current = { taskId, kind, from: event.clientX, scrolledFrom: scrolled(), moved: false }
  }
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const now = drag.current
    if (!now) return
    const way = event.clientX - now.from + scrolled() - now.scrolledFrom
    if (!now.moved && Math.abs(way) < THRESHOLD) return
    now.moved = true
    setDragged(now.taskId)
    onShift({ taskId: now.taskId, kind: now.kind, days: Math.round(way / dayWidth) })
  }
  const onPointerUp = () => {
    setDragged(null)
    // The click that follows is none, if the bar was moved.
    setTimeout(() => (drag.current = null))
  }
  const onClick = (taskId: string) => {
    if (!drag.current?.moved) onOpen(taskId)
  }
  return { dragged, onPointerDown, onPointerMove, onPointerUp, onClick }
}

import { useEffect, type RefObject } from "react"
import { edgeSpeed } from "./edgeScroll"

/**
 * While a card is dragged, the board scrolls at its sides and the column under the pointer at its ends. dnd-kit's own
 * scrolling measures a list against the frame of another one for a moment when the column changes, and jumps.
 */
export function useEdgeScroll(dragging: boolean, board: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    if (!dragging) return
    let pointer: { x: number; y: number } | null = null
    let frame = 0

    const follow = (event: PointerEvent | TouchEvent) => {
      const at = "touches" in event ? event.touches[0] : event
      if (at) pointer = { x: at.clientX, y: at.clientY }
    }
    const scroll = () => {
      frame = requestAnimationFrame(scroll)
      if (!pointer || !board.current) return
      const { left, right } = board.current.getBoundingClientRect()
      board.current.scrollLeft += edgeSpeed(pointer.x, left, right)
      const list = listUnder(pointer.x, pointer.y)
      if (!list) return
      const { top, bottom } = list.getBoundingClientRect()
      list.scrollTop += edgeSpeed(pointer.y, top, bottom)
    }

    window.addEventListener("pointermove", follow)
    window.addEventListener("touchmove", follow)
    frame = requestAnimationFrame(scroll)
    return () => {
      cancelAnimationFrame(frame)
      window.removeEventListener("pointermove", follow)
      window.removeEventListener("touchmove", follow)
    }
  }, [dragging, board])
}

// The dragged card lies over what we look for.
function listUnder(x: number, y: number): Element | undefined {
  return document.elementsFromPoint(x, y).find((element) => element.matches("[data-column] ol"))
}

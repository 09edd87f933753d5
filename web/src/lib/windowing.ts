import { useEffect, useState, type RefObject } from "react"

export interface Stretch {
  /** The first row that is drawn, and the one after the last. */
  from: number
  to: number
}

const OVERSCAN = 8
/** Scrolling by less than as many rows draws nothing anew: they are among those around. */
const STEP = 4

/** Which rows of one height are drawn: those in sight and some around them. */
export function stretchInSight(scrolled: number, height: number, rowHeight: number, count: number): Stretch {
  const first = Math.floor(scrolled / rowHeight) - OVERSCAN
  const last = Math.ceil((scrolled + height) / rowHeight) + OVERSCAN
  const to = Math.max(0, Math.min(count, last))
  return { from: Math.max(0, Math.min(first, to)), to }
}

/** Follows what is scrolled; what lies above the rows inside it is `headHeight` high. */
export function useStretch(scroller: RefObject<HTMLElement | null>, rowHeight: number, count: number, headHeight = 0): Stretch {
  const [{ scrolled, height }, setView] = useState({ scrolled: 0, height: 800 })
  useEffect(() => {
    const element = scroller.current
    if (!element) return
    const read = () => {
      const step = STEP * rowHeight
      const scrolled = Math.floor(Math.max(0, element.scrollTop - headHeight) / step) * step
      const height = element.clientHeight
      setView((now) => (now.scrolled === scrolled && now.height === height ? now : { scrolled, height }))
    }
    read()
    element.addEventListener("scroll", read, { passive: true })
    const observer = new ResizeObserver(read)
    observer.observe(element)
    return () => {
      element.removeEventListener("scroll", read)
      observer.disconnect()
    }
  }, [scroller, rowHeight, headHeight])
  return stretchInSight(scrolled, height, rowHeight, count)
}

/** Scrolls as little as brings a row into sight, below a head that stays. */
export function scrollToRow(element: HTMLElement, index: number, rowHeight: number, headHeight = 0): void {
  const top = index * rowHeight
  const seen = element.clientHeight - headHeight
  if (top < element.scrollTop) element.scrollTop = top
  else if (top + rowHeight > element.scrollTop + seen) element.scrollTop = top + rowHeight - seen
}

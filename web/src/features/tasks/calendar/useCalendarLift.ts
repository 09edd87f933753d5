import { useCallback, useEffect, useState, type KeyboardEvent as ReactKeyboardEvent } from "react"
import { shortDate, toDateInput } from "@/lib/dates"
import { addDays, todayIn } from "@/lib/days"
import { region } from "@/lib/region"
import type { TaskRow } from "@/lib/sync/models"

export interface Lift {
  task: TaskRow
  /** Where it would go; null is no date. */
  day: string | null
}

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }

/** Space picks a task up, arrows choose its day, Space puts it down. Its button may be gone meanwhile: the keys are heard everywhere. */
export function useCalendarLift(canWrite: boolean, onMonth: (day: string) => void, onDrop: (task: TaskRow, day: string | null) => void) {
  const [lift, setLift] = useState<Lift | null>(null)
  const [announcement, setAnnouncement] = useState("")

  const pickUp = useCallback(
    (task: TaskRow) => {
      if (!canWrite) return
      const day = task.due_date ? toDateInput(task.due_date) : todayIn(region().timeZone)
      setLift({ task, day })
      onMonth(day)
      setAnnouncement(`Picked up ${task.title}. ${task.due_date ? "It is due" : "It would be due"} ${shortDate(day)}.`)
    },
    [canWrite, onMonth],
  )

  useEffect(() => {
    if (!lift) return
    const say = (day: string | null) => setAnnouncement(day ? new Intl.DateTimeFormat(region().locale, { dateStyle: "full", timeZone: "UTC" }).format(new Date(day)) : "No date")
    const onKeyDown = (event: KeyboardEvent) => {
      const step = STEPS[event.key]
      if (step !== undefined) {
        const day = lift.day === null ? todayIn(region().timeZone) : addDays(lift.day, step)
        setLift({ ...lift, day })
        onMonth(day)
        say(day)
      } else if (event.key === "Delete" || event.key === "Backspace") {
        setLift({ ...lift, day: null })
        say(null)
      } else if (event.key === " " || event.key === "Enter") {
        setLift(null)
        onDrop(lift.task, lift.day)
        setAnnouncement(lift.day ? `${lift.task.title} is due ${shortDate(lift.day)}.` : `${lift.task.title} has no date.`)
      } else if (event.key === "Escape" || event.key === "Tab") {
        setLift(null)
        setAnnouncement(`${lift.task.title} stays where it was.`)
      } else return
      event.preventDefault()
      event.stopPropagation()
    }
    document.addEventListener("keydown", onKeyDown, true)
    return () => document.removeEventListener("keydown", onKeyDown, true)
  }, [lift, onMonth, onDrop])

  const onKeyDown = (event: ReactKeyboardEvent, task: TaskRow) => {
    if (event.key !== " " || event.defaultPrevented || !canWrite) return
    event.preventDefault()
    pickUp(task)
  }
  return { lift, announcement, onKeyDown }
}

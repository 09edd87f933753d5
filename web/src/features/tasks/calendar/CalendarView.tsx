import { DndContext, DragOverlay, MouseSensor, pointerWithin, TouchSensor, useSensor, useSensors } from "@dnd-kit/core"
import { useCallback, useLayoutEffect, useMemo, useRef, useState } from "react"
import { useSearchParams } from "react-router"
import type { State } from "@/lib/api/types"
import { shortDate, toDateInput } from "@/lib/dates"
import { todayIn } from "@/lib/days"
import { selectCanWrite } from "@/lib/session"
import { useShortcuts } from "@/lib/shortcuts"
import { useAppDispatch, useAppSelector } from "@/lib/store"
import type { TaskRow } from "@/lib/sync/models"
import { updateTask } from "@/lib/sync/perform"
import { undoAction } from "@/lib/sync/undo"
import { showToast } from "@/lib/toasts"
import { useRegion } from "@/lib/useRegion"
import { weekOf } from "@/lib/week"
import { focusCard } from "../board/cardFocus"
import { CALENDAR_HELP_ID, CalendarTask, CalendarTaskBody } from "./CalendarTask"
import { CalendarToolbar } from "./CalendarToolbar"
import { dueOn, isMonth, monthOf, monthsLater, placed, weeksOf } from "./month"
import { Agenda, MonthTable } from "./MonthTable"
import { NO_DAY, Unscheduled } from "./Unscheduled"
import { useCalendarLift } from "./useCalendarLift"
import { useIsNarrow } from "./useIsNarrow"

interface CalendarViewProps {
  tasks: TaskRow[]
  states: State[]
  openId: string | null
  onOpen: (taskId: string) => void
}

export function CalendarView({ tasks, states, openId, onOpen }: CalendarViewProps) {
  const dispatch = useAppDispatch()
  const canWrite = useAppSelector(selectCanWrite)
  const isNarrow = useIsNarrow()
  const root = useRef<HTMLDivElement>(null)
  const { locale, timeZone } = useRegion()
  const [month, setMonth] = useMonth(timeZone)
  const [dragged, setDragged] = useState<TaskRow | null>(null)
  const { byDay, unscheduled } = useMemo(() => placed(tasks, timeZone), [tasks, timeZone])
  const stateOf = useMemo(() => new Map(states.map((state) => [state.key, state])), [states])
  const weeks = useMemo(() => weeksOf(month, weekOf(locale)[0] ?? 0), [month, locale])

  const toFocus = useRef<string | null>(null)
  const put = useCallback(
    (task: TaskRow, day: string | null) => {
      toFocus.current = task.id
      if ((task.due_date ? toDateInput(task.due_date) : null) === day) return
      const action = dispatch(updateTask(task.id, { due_date: day === null ? null : dueOn(day, task.due_date) }))
      if (!action) return
      const text = day === null ? `${task.key} has no date` : `${task.key} is due ${shortDate(day)}`
      dispatch(showToast(text, { action: { label: "Undo", run: () => void dispatch(undoAction(action)) } }))
    },
    [dispatch],
  )
  const showDay = useCallback((day: string) => setMonth(monthOf(day)), [setMonth])
  const { lift, announcement, onKeyDown } = useCalendarLift(canWrite, showDay, put)

  // A task that was put somewhere has another button there, as soon as that is drawn.
  useLayoutEffect(() => {
    if (toFocus.current !== null && lift === null && focusCard(toFocus.current)) toFocus.current = null
  })

  const step = (by: 1 | -1) => {
    const cards = [...(root.current?.querySelectorAll<HTMLElement>("[data-card]") ?? [])]
    const at = cards.findIndex((card) => card === document.activeElement)
    const next = at === -1 ? cards[0] : cards[at + by]
    next?.focus()
    next?.scrollIntoView({ block: "nearest" })
  }
  useShortcuts({
    "cards.next": () => step(1),
    "cards.previous": () => step(-1),
    "calendar.previous": () => setMonth(monthsLater(month, -1)),
    "calendar.next": () => setMonth(monthsLater(month, 1)),
  })

  const sensors = useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: 5 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 220, tolerance: 8 } }),
  )
  const task = (one: TaskRow) => (
    <CalendarTask
      task={one}
      state={stateOf.get(one.status)}
      isOpen={one.id === openId}
      isLifted={one.id === lift?.task.id}
      canWrite={canWrite}
      onOpen={onOpen}
      onKeyDown={onKeyDown}
    />
  )
  const target = lift ? (lift.day ?? NO_DAY) : null
  const shared = { month, weeks, byDay, today: todayIn(timeZone), target, task }

  return (
    <DndContext
      sensors={sensors}
      collisionDetection={pointerWithin}
      autoScroll={false}
      accessibility={{ announcements: silent }}
      onDragStart={({ active }) => setDragged(tasks.find(({ id }) => id === active.id) ?? null)}
      onDragCancel={() => setDragged(null)}
      onDragEnd={({ over }) => {
        setDragged(null)
        if (dragged && over) put(dragged, over.id === NO_DAY ? null : String(over.id))
      }}
    >
      <p id={CALENDAR_HELP_ID} hidden>
        Press Enter to open, Space to pick up and move to another day.
      </p>
      <p role="status" aria-live="assertive" className="sr-only">
        {announcement}
      </p>
      {/* Arrows go from task to task, as J and K do. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div
        ref={root}
        role="group"
        aria-label="Calendar"
        className="flex h-full flex-col"
        onKeyDown={(event) => {
          if (event.defaultPrevented || !event.key.startsWith("Arrow") || !(event.target instanceof HTMLElement) || !event.target.dataset.card) return
          event.preventDefault()
          step(event.key === "ArrowDown" || event.key === "ArrowRight" ? 1 : -1)
        }}
      >
        <CalendarToolbar month={month} onMonth={setMonth} />
        <div className="flex min-h-0 flex-1 flex-col gap-3 overflow-y-auto px-4 pb-4 scroll-thin sm:px-6 lg:flex-row lg:overflow-hidden">
          <div className="min-w-0 flex-1 lg:overflow-y-auto lg:scroll-thin">{isNarrow ? <Agenda {...shared} /> : <MonthTable {...shared} />}</div>
          <Unscheduled tasks={unscheduled} isTarget={target === NO_DAY}>
            {task}
          </Unscheduled>
        </div>
      </div>
      <DragOverlay dropAnimation={null}>
        {dragged && (
          <div className="cursor-grabbing rounded-md border border-line-strong bg-raised shadow-lift">
            <CalendarTaskBody task={dragged} state={stateOf.get(dragged.status)} />
          </div>
        )}
      </DragOverlay>
    </DndContext>
  )
}

// The calendar announces by itself, in words about days.
const silent = { onDragStart: () => undefined, onDragOver: () => undefined, onDragEnd: () => undefined, onDragCancel: () => undefined }

/** The month is part of the address: it can be linked to. */
function useMonth(timeZone: string): [string, (month: string) => void] {
  const [params, setParams] = useSearchParams()
  const asked = params.get("month")
  const setMonth = useCallback(
    (month: string) =>
      setParams(
        (now) => {
          if (isMonth(month)) now.set("month", month)
          return now
        },
        { replace: true },
      ),
    [setParams],
  )
  return [isMonth(asked) ? asked : monthOf(todayIn(timeZone)), setMonth]
}

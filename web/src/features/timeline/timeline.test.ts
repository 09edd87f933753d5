import { expect, test } from "vitest"
import type { Rescheduling, Timeline, TimelineTask } from "@/lib/api/types"
import { dayNumber } from "@/lib/days"
import { changeOf, shiftTo, summaryOf, worriesOf } from "./change"
import { linkPath, mayShift, ROW, rowsOf } from "./rows"
import { scaleOf, ticksOf, weekendsIn, xOf } from "./scale"

const task = (id: string, fields: Partial<TimelineTask> = {}): TimelineTask =>
  ({
    id,
    key: `WEB-${id}`,
    title: id,
    category: "unstarted",
    parent_id: null,
    is_summary: false,
    is_milestone: false,
    start: "2026-05-04T07:00:00Z",
    finish: "2026-05-05T15:00:00Z",
    ...fields,
  }) as TimelineTask
const zone = "Europe/Berlin"
const outcome: Rescheduling = { token: "t", moves: [], conflicts: [], misfits: [], waiting_elsewhere: [], hidden: 0, old_finish: null, finish: null }
const moved = (key: string) => ({ key }) as Rescheduling["moves"][number]

test("sub-tasks stand below their parent, each level by its start; a parent that is not here hides nothing", () => {
  const tasks = [task("3", { parent_id: "1" }), task("2", { start: "2026-05-01T07:00:00Z", parent_id: "1" }), task("1"), task("0", { parent_id: "gone" })]
  const rows = rowsOf({ tasks, zone } as Timeline, undefined)
  expect(rows.map(({ task: { id }, depth }) => `${depth}${id}`)).toEqual(["00", "01", "12", "13"])
  expect(rows[0]?.start).toBe(dayNumber("2026-05-04") + 9 / 24)
})

test("moving asks for a day, pulling the end for a moment, pulling the start for both", () => {
  expect(changeOf(task("a"), { kind: "move", days: 3 }, zone)).toEqual({ task_id: "a", start_date: "2026-05-07" })
  expect(changeOf(task("a"), { kind: "finish", days: 1 }, zone)).toEqual({ task_id: "a", due_date: "2026-05-06T15:00:00.000Z" })
  expect(changeOf(task("a"), { kind: "start", days: -1 }, zone)).toEqual({ task_id: "a", start_date: "2026-05-03", due_date: "2026-05-05T15:00:00Z" })
})

test("a date of the table becomes days; one that is not whole becomes nothing", () => {
  expect(shiftTo(task("a"), "move", "2026-05-01", zone)).toEqual({ taskId: "a", kind: "move", days: -3 })
  expect(shiftTo(task("a"), "finish", "2026-05-08", zone)?.days).toBe(3)
  expect(shiftTo(task("a"), "move", "", zone)).toBeNull()
})

test("what is done stays, and what has sub-tasks or no length is only moved", () => {
  expect(mayShift(task("a", { category: "completed" }), "move")).toBe(false)
  expect([mayShift(task("a", { is_summary: true }), "move"), mayShift(task("a", { is_summary: true }), "finish")]).toEqual([true, false])
  expect(mayShift(task("a", { is_milestone: true }), "start")).toBe(false)
})

test("the summary says how many move, and what becomes of the end", () => {
  expect(summaryOf(outcome, zone)).toBe("Nothing moves.")
  const later = { ...outcome, moves: [moved("A-1"), moved("A-2")], old_finish: "2026-05-05T15:00:00Z", finish: "2026-05-07T15:00:00Z" }
  expect(summaryOf(later, zone)).toBe("2 tasks move; the project ends 2 days later.")
  expect(summaryOf({ ...later, moves: [moved("A-1")], finish: "2026-05-04T15:00:00Z" }, zone)).toBe("A-1 moves; the project ends 1 day earlier.")
})

test("worries are named", () => {
  const worries = worriesOf(
    { ...outcome, hidden: 1, conflicts: [{ task_id: "a", about: "deadline", wanted: "x", got: "y", predecessor_id: null }] },
    (id) => id,
    (iso) => iso,
  )
  expect(worries).toEqual(["a no longer keeps its deadline.", "1 task of other projects waits for this, and will not move."])
})

test("a line leads from the end of one bar to the start of the next, and around where there is no room", () => {
  const first = { start: 0, finish: 100, row: 0 }
  expect(linkPath("finish_to_start", first, { start: 140, finish: 200, row: 1 })).toBe(`M100 18H108V${ROW * 1.5}H140`)
  expect(linkPath("finish_to_start", first, { start: 100, finish: 160, row: 1 })).toBe(`M100 18H108V36H92V${ROW * 1.5}H100`)
  expect(linkPath("start_to_start", first, { start: 0, finish: 160, row: 1 })).toBe(`M0 18H-8V${ROW * 1.5}H0`)
  expect(linkPath("finish_to_finish", first, { start: 0, finish: 160, row: 1 })).toBe(`M100 18H168V${ROW * 1.5}H160`)
})

test("the scale holds the plan and today, and begins on a Monday", () => {
  const scale = scaleOf([dayNumber("2026-05-04"), dayNumber("2026-06-01")], dayNumber("2026-05-10"), "week")
  expect(xOf(scale.from, scale)).toBe(0)
  expect((scale.from + 3) % 7).toBe(0)
  expect(scale.until).toBeGreaterThan(dayNumber("2026-06-01"))
  expect(weekendsIn(scale)[0]).toBe(scale.from + 5)
})

test("the scale is marked by days, weeks or months, and weeks begin where the person's do", () => {
  const from = dayNumber("2026-05-04")
  expect(ticksOf({ zoom: "week", from, until: from + 28 }, 6).lower.map(({ label }) => label)).toEqual(["10", "17", "24", "31"])
  expect(ticksOf({ zoom: "day", from, until: from + 3 }, 0).lower).toHaveLength(3)
  expect(ticksOf({ zoom: "month", from, until: from + 90 }, 0).lower.map(({ label }) => label)).toEqual(["Jun", "Jul", "Aug"])
})

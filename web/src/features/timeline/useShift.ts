import { useCallback, useEffect, useMemo, useState } from "react"
import { useStore } from "react-redux"
import type { Rescheduling, TaskChange, Timeline } from "@/lib/api/types"
import { problemMessage } from "@/lib/api/problem"
import { useAppDispatch, type AppStore } from "@/lib/store"
import { latestChangeOf, undoSeq } from "@/lib/sync/undo"
import { showToast } from "@/lib/toasts"
import { usePreviewRescheduleQuery, useRescheduleMutation } from "./api"
import { changeOf } from "./change"
import { mayShift, type Shift } from "./rows"

/** While somebody still pulls, the server is not asked. */
const PAUSE_MS = 180

export interface Draft {
  shift: Shift | null
  /** What would move; undefined until the server has answered. */
  preview: Rescheduling | undefined
  problem: unknown
  isApplying: boolean
  propose: (shift: Shift | null) => void
  nudge: (taskId: string, kind: Shift["kind"], days: 1 | -1) => void
  apply: () => void
  cancel: () => void
}

/** A change of the plan that is shown and not yet made. */
export function useShift(projectId: string, timeline: Timeline | undefined): Draft {
  const dispatch = useAppDispatch()
  const store = useStore() as AppStore
  const [shift, setShift] = useState<Shift | null>(null)
  const [reschedule, { isLoading: isApplying }] = useRescheduleMutation()

  const changes = useMemo(() => changesFor(timeline, shift), [timeline, shift])
  const asked = useSettled(changes)
  const isCurrent = asked === changes && changes !== null
  const { currentData, error } = usePreviewRescheduleQuery({ projectId, changes: asked ?? [] }, { skip: !isCurrent, refetchOnMountOrArgChange: true })
  const preview = isCurrent ? currentData : undefined

  const may = useCallback(
    (taskId: string, kind: Shift["kind"]) => {
      const task = timeline?.tasks.find(({ id }) => id === taskId)
      return task !== undefined && mayShift(task, kind)
    },
    [timeline],
  )
  const propose = useCallback((wanted: Shift | null) => setShift(wanted && wanted.days !== 0 && may(wanted.taskId, wanted.kind) ? wanted : null), [may])
  const nudge = useCallback(
    (taskId: string, kind: Shift["kind"], days: 1 | -1) =>
      setShift((now) => {
        if (!may(taskId, kind)) return now
        const before = now?.taskId === taskId && now.kind === kind ? now.days : 0
        return before + days === 0 ? null : { taskId, kind, days: before + days }
      }),
    [may],
  )
  const cancel = useCallback(() => setShift(null), [])

  const apply = async () => {
    if (!preview || !changes || isApplying) return
    const { data, error: refusal } = await reschedule({ projectId, changes, token: preview.token })
    if (!data) {
      dispatch(showToast(problemMessage(refusal), { tone: "danger" }))
      return
    }
    setShift(null)
    const seq = await latestChangeOf(store, new Set(data.moves.map(({ task_id }) => task_id)))
    const text = data.moves.length === 1 ? `Moved ${data.moves[0]?.key ?? "a task"}` : `Moved ${data.moves.length} tasks`
    dispatch(showToast(text, seq === null ? {} : { action: { label: "Undo", run: () => void dispatch(undoSeq(seq)) } }))
  }

  return { shift, preview, problem: isCurrent ? error : undefined, isApplying, propose, nudge, apply: () => void apply(), cancel }
}

function changesFor(timeline: Timeline | undefined, shift: Shift | null): TaskChange[] | null {
  const task = shift && timeline?.tasks.find(({ id }) => id === shift.taskId)
  return task && timeline ? [changeOf(task, shift, timeline.zone)] : null
}

function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}

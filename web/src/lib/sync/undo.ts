import { isProblem, problemMessage, type Problem } from "@/lib/api/problem"
import { showToast } from "@/lib/toasts"
import { uuid7 } from "@/lib/uuid"
import { describe, type Action } from "./actions"
import { call, type Answer, type Store } from "./call"
import { engine } from "./engine"
import { selectTask, type WithSync } from "./select"
import { queued } from "./slice"
import { redid, undid, type Redo } from "./undoSlice"

interface Undone {
  seq: number
  undone_by: number
  type: string
  entity_id: string
}

interface State extends WithSync {
  redo: Redo[]
}

interface Reach extends Store {
  getState: () => State
}

type Thunk = (dispatch: Store["dispatch"], getState: () => State) => Promise<void>

const LONGEST_ON_ITS_WAY_MS = 5_000
const UNSENT = "This change is still waiting to be sent. It can be undone as soon as the server can be reached."

let turn: Promise<void> = Promise.resolve()

/** Ctrl+Z: what waits here is dropped, what was sent is undone by the server. Two presses wait for each other. */
export const undoLast = (): Thunk => inTurn(async (reach) => {
  const last = reach.getState().sync.pending.at(-1)
  if (last && (await drop(reach, last))) return
  if (!(await isAllSent(reach))) {
    tell(reach, UNSENT)
    return
  }
  await undoOnServer(reach, () => call<Undone>(reach, { url: "/undo", method: "POST", body: {}, headers: key() }, { quiet: true }))
})

/** The "Undo" of a toast: that one change, whatever was done since. */
export const undoAction = (action: Action): Thunk => inTurn(async (reach) => {
  if (reach.getState().sync.pending.some(({ id }) => id === action.id)) {
    if (await drop(reach, action)) return
    if (!(await isAllSent(reach))) {
    tell(reach, UNSENT)
    return
  }
  }
  const seq = await seqOf(reach, action)
  if (seq === null) {
    tell(reach, `The ${describe(action)} was not made, so there is nothing to undo.`)
    return
  }
  await undoOnServer(reach, () => undoEvent(reach, seq))
})

/** The latest of one's own changes of these, once the server has told of it. What was written beside the outbox can be undone by it. */
export async function latestChangeOf(reach: { getState: () => unknown }, entities: ReadonlySet<string>): Promise<number | null> {
  await engine()?.catchUp()
  const { ownEvents } = (reach.getState() as State).sync
  return ownEvents.findLast(({ entity_id }) => entities.has(entity_id))?.seq ?? null
}

/** The "Undo" of a toast about a change of which the server's log is known. */
export const undoSeq = (seq: number): Thunk => inTurn((reach) => undoOnServer(reach, () => undoEvent(reach, seq)))

/** Ctrl+Shift+Z. */
export const redoLast = (): Thunk => inTurn(async (reach) => {
  const last = reach.getState().redo.at(-1)
  if (!last) {
    tell(reach, "Nothing to redo", "neutral")
    return
  }
  if (last.kind === "dropped") {
    const { sent: _sent, ...deed } = last.action
    const action: Action = { ...deed, id: uuid7() }
    reach.dispatch(redid())
    reach.dispatch(queued(action))
    await engine()?.queue(action)
    tell(reach, `Done again: ${describe(action)}`, "neutral")
    return
  }
  const { error } = await undoEvent(reach, last.seq)
  if (error) {
    tell(reach, problemMessage(error))
    return
  }
  reach.dispatch(redid())
  await engine()?.catchUp()
  tell(reach, `Done again: ${last.text}`, "neutral")
})

async function drop(reach: Reach, action: Action): Promise<boolean> {
  if (!(await engine()?.takeBack(action.id))) return false
  reach.dispatch(undid({ kind: "dropped", action }))
  reach.dispatch(showToast(`Undid: ${describe(action)}`, { action: redoButton(reach) }))
  return true
}

async function undoOnServer(reach: Reach, ask: () => Promise<Answer<Undone>>): Promise<void> {
  const { data, error } = await ask()
  if (error) {
    tell(reach, reasonOf(error), error.slug === "nothing-to-undo" ? "neutral" : "danger")
    return
  }
  const before = nameOf(reach, data.entity_id)
  await engine()?.catchUp()
  const text = eventWords(data.type, before ?? nameOf(reach, data.entity_id))
  reach.dispatch(undid({ kind: "server", seq: data.undone_by, text }))
  reach.dispatch(showToast(`Undid: ${text}`, { action: redoButton(reach) }))
}

function undoEvent(reach: Reach, seq: number): Promise<Answer<Undone>> {
  return call<Undone>(reach, { url: `/events/${seq}/undo`, method: "POST", headers: key() }, { quiet: true })
}

/** The event that an answered action became. */
async function seqOf(reach: Reach, { id }: Action): Promise<number | null> {
  const find = () => {
    const { ownEvents, settled } = reach.getState().sync
    const done = settled.find((one) => one.id === id)
    // An answer without a version is that of a deletion.
    return done && ownEvents.findLast(({ entity_id, version, type }) => entity_id === done.entity && (done.version === null ? type.endsWith(".deleted") : version === done.version))
  }
  if (!find()) await engine()?.catchUp()
  return find()?.seq ?? null
}

/** What is on its way arrives in a moment, or there is no network. */
async function isAllSent({ getState }: Reach): Promise<boolean> {
  const until = Date.now() + LONGEST_ON_ITS_WAY_MS
  while (getState().sync.pending.length > 0 && getState().sync.link !== "down" && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return getState().sync.pending.length === 0
}

function redoButton(reach: Reach) {
  return { label: "Redo", run: () => void redoLast()(reach.dispatch, reach.getState) }
}

function tell({ dispatch }: Reach, text: string, tone: "neutral" | "danger" = "danger"): void {
  dispatch(showToast(text, { tone }))
}

function reasonOf(problem: Problem): string {
  if (problem.slug === "nothing-to-undo") return "Nothing to undo"
  if (problem.status === "offline") return "What was sent already can be undone as soon as the server can be reached."
  return isProblem(problem) ? problemMessage(problem) : "This could not be undone."
}

function nameOf({ getState }: Reach, entity: string): string | undefined {
  return selectTask(getState(), entity)?.key
}

const DONE: Record<string, string> = {
  created: "new",
  moved: "move of",
  updated: "change of",
  deleted: "deletion of",
  restored: "return of",
  archived: "archiving of",
  added: "new",
  removed: "removal of",
}

function eventWords(type: string, name: string | undefined): string {
  const [thing = "", verb = ""] = type.split(".")
  return `${DONE[verb] ?? `${verb.replaceAll("_", " ")} of`} ${name ?? thing.replaceAll("_", " ")}`
}

function key(): Record<string, string> {
  return { "Idempotency-Key": uuid7() }
}

function inTurn(work: (reach: Reach) => Promise<void>): Thunk {
  return (dispatch, getState) => {
    turn = turn.then(() => work({ dispatch, getState })).catch(() => undefined)
    return turn
  }
}

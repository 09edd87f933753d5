import { createAction, createEntityAdapter, type EntityAdapter, type EntityState, type UnknownAction } from "@reduxjs/toolkit"
import type { Action } from "./actions"
import { keyOf, type Change, type Model, type Row, type SyncEvent, type TaskRow } from "./models"
import { overlay, type Overlay } from "./overlay"

export type Table = EntityState<Row, string>
export type Tables = Readonly<Record<Model, Table>>

/** How the browser hears of changes: by its socket, or not now. */
export type Link = "connecting" | "live" | "down"

export interface Settled {
  id: string
  entity: string
  version: number | null
}

export interface SyncState {
  /** `empty` until the first rows are here, from this browser or from the server. */
  phase: "empty" | "ready"
  /** Whose rows they are. */
  person: string
  /** Every event up to this one is in the rows. */
  seq: number
  /** The server's rows. What people see is these with `overlay` over them. */
  tables: Tables
  /** What was done and is not yet answered, in order. */
  pending: readonly Action[]
  overlay: Overlay
  link: Link
  /** One's own latest changes as the server logged them, to undo one of them. */
  ownEvents: readonly SyncEvent[]
  settled: readonly Settled[]
}

const REMEMBERED = 100
const adapters = new Map<Model, EntityAdapter<Row, string>>()
const noTable: Table = { ids: [], entities: {} }
export const emptySync: SyncState = {
  phase: "empty",
  person: "",
  seq: 0,
  tables: {},
  pending: [],
  overlay: {},
  link: "connecting",
  ownEvents: [],
  settled: [],
}

/** Somebody's store begins: nothing of whoever was here before is left. */
export const begun = createAction<{ person: string }>("sync/begun")
export const replaced = createAction<{ tables: Tables; seq: number }>("sync/replaced")
export const applied = createAction<{ changes: readonly Change[]; seq?: number; events?: readonly SyncEvent[] }>("sync/applied")
export const recalled = createAction<readonly Action[]>("sync/recalled")
export const queued = createAction<Action>("sync/queued")
export const marked = createAction<Action>("sync/marked")
/** Answered: with the row as it is now, where there is one. */
export const settled = createAction<Settled & { changes: readonly Change[] }>("sync/settled")
/** Taken back before it was sent, or refused. */
export const dropped = createAction<string>("sync/dropped")
export const linked = createAction<Link>("sync/linked")

export function syncReducer(state: SyncState = emptySync, action: UnknownAction): SyncState {
  const next = reduce(state, action)
  if (next.tables.task === state.tables.task && next.pending === state.pending) return next
  return { ...next, overlay: overlay(next.pending, { base: tasksOf(next), person: next.person }) }
}

function reduce(state: SyncState, action: UnknownAction): SyncState {
  if (begun.match(action)) return { ...emptySync, person: action.payload.person }
  if (replaced.match(action)) return { ...state, ...action.payload, phase: "ready" }
  if (applied.match(action)) {
    const { changes, seq = state.seq, events = [] } = action.payload
    const own = events.filter(({ actor_id }) => actor_id === state.person)
    return {
      ...state,
      seq: Math.max(seq, state.seq),
      tables: applyChanges(state.tables, changes),
      ownEvents: own.length > 0 ? [...state.ownEvents, ...own].slice(-REMEMBERED) : state.ownEvents,
    }
  }
  if (recalled.match(action)) return { ...state, pending: inOrder([...action.payload, ...state.pending]) }
  if (queued.match(action)) return { ...state, pending: inOrder([...state.pending, action.payload]) }
  if (marked.match(action)) return { ...state, pending: state.pending.map((one) => (one.id === action.payload.id ? action.payload : one)) }
  if (settled.match(action)) {
    const { changes, ...done } = action.payload
    return {
      ...state,
      tables: applyChanges(state.tables, changes),
      pending: state.pending.filter(({ id }) => id !== done.id),
      settled: [...state.settled, done].slice(-REMEMBERED),
    }
  }
  if (dropped.match(action)) return { ...state, pending: state.pending.filter(({ id }) => id !== action.payload) }
  if (linked.match(action)) return { ...state, link: action.payload }
  return state
}

/** Their ids are UUIDv7: the order of their making, whichever tab they were made in. */
function inOrder(actions: readonly Action[]): Action[] {
  const known = new Map(actions.map((action) => [action.id, action]))
  return [...known.values()].sort((one, other) => (one.id < other.id ? -1 : 1))
}

export function applyChanges(tables: Tables, changes: readonly Change[]): Tables {
  const byModel = new Map<Model, Change[]>()
  for (const change of changes) {
    if (change.op !== "put" && change.op !== "remove") continue
    const list = byModel.get(change.model)
    if (list) list.push(change)
    else byModel.set(change.model, [change])
  }
  if (byModel.size === 0) return tables
  const next: Record<Model, Table> = { ...tables }
  for (const [model, list] of byModel) {
    const table = next[model] ?? noTable
    const adapter = adapterOf(model)
    const puts = list.flatMap(({ op, row, id }) => (op === "put" && row && !isOlder(row, table.entities[id]) ? [row] : []))
    const removes = list.flatMap(({ op, id }) => (op === "remove" ? [id] : []))
    const withPuts = puts.length > 0 ? adapter.setMany(table, puts) : table
    next[model] = removes.length > 0 ? adapter.removeMany(withPuts, removes) : withPuts
  }
  return next
}

function adapterOf(model: Model): EntityAdapter<Row, string> {
  const known = adapters.get(model)
  if (known) return known
  const made = createEntityAdapter<Row, string>({ selectId: (row) => keyOf(model, row) })
  adapters.set(model, made)
  return made
}

// An answer to one's own change can be newer than a page that was asked for before it.
function isOlder(row: Row, known: Row | undefined): boolean {
  return row.version !== undefined && known?.version !== undefined && row.version < known.version
}

/** Removing a project removes what is in it. Whoever writes the changes down gets every one of them. */
export function spelledOut(tables: Tables, changes: readonly Change[]): Change[] {
  return changes.flatMap((change) => {
    if (change.model !== "project" || change.op !== "remove") return [change]
    const inside = Object.entries(tables).flatMap(([model, { entities }]) =>
      Object.values(entities)
        .filter((row) => row.project_id === change.id)
        .map((row): Change => ({ model, id: keyOf(model, row), op: "remove" })),
    )
    return [...inside, change]
  })
}

export function tasksOf({ tables }: Pick<SyncState, "tables">): Readonly<Record<string, TaskRow>> {
  return (tables.task?.entities ?? {}) as Record<string, TaskRow>
}

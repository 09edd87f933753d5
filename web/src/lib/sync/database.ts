import { deleteDB, openDB, type DBSchema, type IDBPDatabase } from "idb"
import type { Action, Sent } from "./actions"
import { keyOf, type Change, type Model, type Row } from "./models"
import type { Table, Tables } from "./slice"

/** Raised when rows are kept otherwise than before: an older database is emptied, but for what waits to be sent. */
const VERSION = 1
const PREFIX = "projectflow-"
const AT_ONCE = 1000

interface KeptRow {
  model: Model
  id: string
  row: Row
}

interface Schema extends DBSchema {
  rows: { key: [Model, string]; value: KeptRow }
  meta: { key: string; value: number }
  outbox: { key: string; value: Action }
}

/** What one person has of one workspace in this browser. */
export interface Database {
  /** The rows and the `seq` they are true at; null when there are none, or not all of them. */
  load: () => Promise<{ tables: Tables; seq: number } | null>
  save: (changes: readonly Change[], seq?: number) => Promise<void>
  /** Everything anew. Until it is done, `load` finds nothing: half a workspace is none. */
  replace: (tables: Tables, seq: number) => Promise<void>
  /** What waits to be sent, in order. */
  actions: () => Promise<Action[]>
  add: (action: Action) => Promise<void>
  /** Sets down what is about to be sent. False when it was taken back meanwhile: then it must not be. */
  mark: (id: string, sent: Sent) => Promise<boolean>
  /** Forgets what was answered. */
  remove: (id: string) => Promise<void>
  /** Takes back what was not sent yet. False when it is too late. */
  takeBack: (id: string) => Promise<boolean>
  /** False when it is in memory alone, where the browser refuses to keep anything. */
  durable: boolean
  close: () => void
}

export function databaseName(workspace: string, person: string): string {
  return `${PREFIX}${workspace}-${person}`
}

/** Opens it; where the browser keeps nothing (some private windows), it lives as long as the tab. */
export async function openDatabase(name: string): Promise<Database> {
  try {
    const db = await openDB<Schema>(name, VERSION, {
      upgrade(opening) {
        for (const store of ["rows", "meta"] as const) {
          if (opening.objectStoreNames.contains(store)) opening.deleteObjectStore(store)
        }
        opening.createObjectStore("rows", { keyPath: ["model", "id"] })
        opening.createObjectStore("meta")
        if (!opening.objectStoreNames.contains("outbox")) opening.createObjectStore("outbox", { keyPath: "id" })
      },
      // Another tab wants to wipe it, or brings a newer version of the app.
      blocking: (_now, _wanted, event) => (event.target as IDBDatabase).close(),
    })
    return onDisk(db)
  } catch {
    return inMemory()
  }
}

/** Forgets everything kept here, except what belongs to `keep`. */
export async function wipe(keep: string | null): Promise<void> {
  if (!("indexedDB" in globalThis)) return
  try {
    const all = await indexedDB.databases()
    const others = all.flatMap(({ name }) => (name?.startsWith(PREFIX) && name !== keep ? [name] : []))
    await Promise.all(others.map((name) => deleteDB(name)))
  } catch {
    // A browser that refuses to keep anything has nothing to forget.
  }
}

function onDisk(db: IDBPDatabase<Schema>): Database {
  return {
    durable: true,
    close: () => db.close(),
    async load() {
      const transaction = db.transaction(["rows", "meta"])
      const [kept, seq] = await Promise.all([transaction.objectStore("rows").getAll(), transaction.objectStore("meta").get("seq")])
      return seq === undefined ? null : { tables: asTables(kept), seq }
    },
    async save(changes, seq) {
      const transaction = db.transaction(["rows", "meta"], "readwrite")
      const rows = transaction.objectStore("rows")
      const writes: Promise<unknown>[] = []
      for (const { model, id, op, row } of changes) {
        if (op === "put" && row) writes.push(rows.put({ model, id, row }))
        else if (op === "remove") writes.push(rows.delete([model, id]))
      }
      if (seq !== undefined) writes.push(transaction.objectStore("meta").put(seq, "seq"))
      await Promise.all([...writes, transaction.done])
    },
    async replace(tables, seq) {
      const start = db.transaction(["rows", "meta"], "readwrite")
      await Promise.all([start.objectStore("rows").clear(), start.objectStore("meta").clear(), start.done])
      const all = Object.entries(tables).flatMap(([model, { entities }]) => Object.values(entities).map((row) => ({ model, id: keyOf(model, row), row })))
      for (let at = 0; at < all.length; at += AT_ONCE) {
        const batch = db.transaction("rows", "readwrite")
        await Promise.all([...all.slice(at, at + AT_ONCE).map((kept) => batch.store.put(kept)), batch.done])
      }
      await db.put("meta", seq, "seq")
    },
    actions: () => db.getAll("outbox"),
    async add(action) {
      await db.put("outbox", action)
    },
    async mark(id, sent) {
      const transaction = db.transaction("outbox", "readwrite")
      const action = await transaction.store.get(id)
      if (action) await transaction.store.put({ ...action, sent })
      await transaction.done
      return action !== undefined
    },
    remove: (id) => db.delete("outbox", id),
    async takeBack(id) {
      const transaction = db.transaction("outbox", "readwrite")
      const action = await transaction.store.get(id)
      const waits = action !== undefined && !action.sent
      if (waits) await transaction.store.delete(id)
      await transaction.done
      return waits
    },
  }
}

/** Keeps what waits, and no rows: memory has those already. */
export function inMemory(): Database {
  const outbox = new Map<string, Action>()
  return {
    durable: false,
    close: () => outbox.clear(),
    load: () => Promise.resolve(null),
    save: () => Promise.resolve(),
    replace: () => Promise.resolve(),
    actions: () => Promise.resolve([...outbox.values()]),
    add: (action) => Promise.resolve(void outbox.set(action.id, action)),
    mark(id, sent) {
      const action = outbox.get(id)
      if (action) outbox.set(id, { ...action, sent })
      return Promise.resolve(action !== undefined)
    },
    remove: (id) => Promise.resolve(void outbox.delete(id)),
    takeBack(id) {
      const action = outbox.get(id)
      return Promise.resolve(action !== undefined && !action.sent && outbox.delete(id))
    },
  }
}

function asTables(kept: KeptRow[]): Tables {
  const tables: Record<Model, Table> = {}
  for (const { model, id, row } of kept) {
    const table = (tables[model] ??= { ids: [], entities: {} })
    table.ids.push(id)
    table.entities[id] = row
  }
  return tables
}

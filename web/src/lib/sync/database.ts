import { deleteDB, openDB, type DBSchema, type IDBPDatabase } from "idb"
import type { Action, Sent } from "./actions"
import { keyOf, type Change, type Model, type Row } from "./models"
import type { Table, Tables } from "./slice"

/** Raised when rows are kept otherwise than before: an older database is emptied, but for what waits to be sent. */
const VERSION = 2
const PREFIX = "projectflow-"
const PAGES_AT_ONCE = 16
/** Of each model. A record costs a browser about 50 µs to read, whatever is in it: rows by the dozen come ten times as fast as one by one. */
const PAGES = 128

/** Some rows of a model, as JSON, which is read much faster than an object. */
interface Page {
  model: Model
  rows: string
}

interface Schema extends DBSchema {
  pages: { key: string; value: Page }
  meta: { key: string; value: number }
  outbox: { key: string; value: Action }
}

export interface Kept {
  tables: Tables
  seq: number
}

/** What one person has of one workspace in this browser. */
export interface Database {
  /** The rows and the `seq` they are true at; null when there are none, or not all of them, or none newer than `since`. */
  load: (since?: number) => Promise<Kept | null>
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
        for (const store of opening.objectStoreNames) {
          if (store !== "outbox") opening.deleteObjectStore(store)
        }
        opening.createObjectStore("pages")
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
    async load(since = -1) {
      const transaction = db.transaction(["pages", "meta"])
      const seq = await transaction.objectStore("meta").get("seq")
      return seq === undefined || seq <= since ? null : { tables: asTables(await transaction.objectStore("pages").getAll()), seq }
    },
    async save(changes, seq) {
      const transaction = db.transaction(["pages", "meta"], "readwrite")
      const pages = transaction.objectStore("pages")
      const writes: Promise<unknown>[] = [...byPage(changes)].map(async ([key, list]) => {
        const [{ model }] = list as [Change, ...Change[]]
        const rows = rowsOf(await pages.get(key))
        for (const { id, op, row } of list) {
          if (op === "put" && row) rows.set(id, row)
          else if (op === "remove") rows.delete(id)
        }
        await pages.put(pageOf(model, rows.values()), key)
      })
      if (seq !== undefined) writes.push(transaction.objectStore("meta").put(seq, "seq"))
      await Promise.all([...writes, transaction.done])
    },
    async replace(tables, seq) {
      const start = db.transaction(["pages", "meta"], "readwrite")
      await Promise.all([start.objectStore("pages").clear(), start.objectStore("meta").clear(), start.done])
      for (const [model, { entities }] of Object.entries(tables)) {
        const all = [...byPage(Object.values(entities).map((row) => ({ model, id: keyOf(model, row), row })))]
        for (let at = 0; at < all.length; at += PAGES_AT_ONCE) {
          const batch = db.transaction("pages", "readwrite")
          const writes = all.slice(at, at + PAGES_AT_ONCE).map(([key, list]) => {
            const page = pageOf(
              model,
              list.map(({ row }) => row),
            )
            return batch.store.put(page, key)
          })
          await Promise.all([...writes, batch.done])
        }
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

function asTables(pages: Page[]): Tables {
  const tables: Record<Model, Table> = {}
  for (const page of pages) {
    const table = (tables[page.model] ??= { ids: [], entities: {} })
    for (const [id, row] of rowsOf(page)) {
      table.ids.push(id)
      table.entities[id] = row
    }
  }
  return tables
}

function pageOf(model: Model, rows: Iterable<Row>): Page {
  return { model, rows: JSON.stringify([...rows]) }
}

function rowsOf(page: Page | undefined): Map<string, Row> {
  if (!page) return new Map()
  return new Map((JSON.parse(page.rows) as Row[]).map((row) => [keyOf(page.model, row), row]))
}

/** By the key of the page that they are in, for good: it follows from their id (FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/). */
function byPage<Item extends { model: Model; id: string }>(items: readonly Item[]): Map<string, Item[]> {
  const pages = new Map<string, Item[]>()
  for (const item of items) {
    let hash = 0x811c9dc5
    for (let at = 0; at < item.id.length; at++) hash = Math.imul(hash ^ item.id.charCodeAt(at), 0x01000193)
    const key = `${item.model} ${(hash >>> 0) % PAGES}`
    const page = pages.get(key)
    if (page) page.push(item)
    else pages.set(key, [item])
  }
  return pages
}

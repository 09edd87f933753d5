import "fake-indexeddb/auto"
import { afterEach, expect, test, vi } from "vitest"
import { boardTables } from "@/testing/tables"
import type { Action } from "./actions"
import { databaseName, openDatabase, wipe } from "./database"

const action: Action = { type: "task.delete", id: "0", entity: "a", at: "", name: "WEB-1" }
const sent = { url: "/tasks/a", method: "DELETE", headers: {} }

afterEach(() => wipe(null))

test("rows and the seq they are true at come back, with what changed since", async () => {
  const database = await openDatabase("projectflow-w-p")
  expect(await database.load()).toBeNull()
  await database.replace(boardTables({ todo: ["a", "b"] }), 4)
  await database.save([{ model: "task", id: "b", op: "remove" }, { model: "tag", id: "x", op: "put", row: { id: "", name: "x" } as never }], 5)
  database.close()
  const again = await (await openDatabase("projectflow-w-p")).load()
  expect(again?.seq).toBe(5)
  expect(again?.tables.task?.ids).toEqual(["a"])
  expect(again?.tables.tag?.entities.x).toMatchObject({ name: "x" })
})

test("a workspace that was written down by half is none", async () => {
  const database = await openDatabase("projectflow-w-p")
  await database.replace(boardTables({ todo: ["a"] }), 4)
  const broken = { task: { ids: ["b"], entities: { b: { id: "b", size: 1n } as never } } }
  await expect(database.replace(broken, 9)).rejects.toThrow()
  expect(await database.load()).toBeNull()
})

test("what was about to be sent is not taken back, and what was taken back is not sent", async () => {
  const database = await openDatabase("projectflow-w-p")
  await database.add(action)
  await database.add({ ...action, id: "1" })
  expect(await database.mark("0", sent)).toBe(true)
  expect(await database.takeBack("0")).toBe(false)
  expect(await database.takeBack("1")).toBe(true)
  expect(await database.mark("1", sent)).toBe(false)
  expect(await database.actions()).toEqual([{ ...action, sent }])
})

test("another person's database goes when somebody signs in, their own stays", async () => {
  const mine = databaseName("w", "me")
  for (const name of [mine, databaseName("w", "other")]) (await openDatabase(name)).close()
  await wipe(mine)
  expect((await indexedDB.databases()).map(({ name }) => name)).toEqual([mine])
})

test("a browser that keeps nothing has a database in memory", async () => {
  vi.spyOn(indexedDB, "open").mockImplementation(() => {
    throw new DOMException("refused", "SecurityError")
  })
  const database = await openDatabase("projectflow-w-p")
  await database.add(action)
  expect(database.durable).toBe(false)
  expect(await database.actions()).toEqual([action])
  expect(await database.takeBack("0")).toBe(true)
  expect(await database.load()).toBeNull()
})

import "fake-indexeddb/auto"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { fakeLocks, FakeSocket } from "@/testing/browser"
import { makeAuth, makeCard } from "@/testing/factories"
import { FakeServer } from "@/testing/fakeServer"
import { problem } from "@/testing/network"
import { wipe } from "./database"

const NAME = "projectflow-acme-ada"
const started: { stop: () => void }[] = []

/** A tab with modules, a store and an engine of its own; the browser and the server are shared. */
async function openTab() {
  vi.resetModules()
  const { makeStore } = await import("@/lib/store")
  const { signedIn } = await import("@/lib/session")
  const { startEngine } = await import("./engine")
  const { moveTask, updateTask, createTask, deleteTask } = await import("./perform")
  const { undoLast, redoLast } = await import("./undo")
  const { selectTask } = await import("./select")
  const store = makeStore()
  store.dispatch(signedIn(makeAuth("token")))
  const engine = await startEngine(store, NAME, "ada")
  started.push(engine)
  return {
    engine,
    store,
    task: (id: string) => selectTask(store.getState(), id),
    sync: () => store.getState().sync,
    toasts: () => store.getState().toasts.map(({ text }) => text),
    update: (id: string, patch: Parameters<typeof updateTask>[1]) => store.dispatch(updateTask(id, patch)),
    move: (id: string, status: string) => store.dispatch(moveTask(id, { status })),
    create: (id: string, title: string) => store.dispatch(createTask("project", id, { title, status: "todo" })),
    remove: (id: string) => store.dispatch(deleteTask(id)),
    undo: () => store.dispatch(undoLast()),
    redo: () => store.dispatch(redoLast()),
  }
}

const live = (tab: Awaited<ReturnType<typeof openTab>>) => vi.waitFor(() => expect(tab.sync().link).toBe("live"))
const newServer = () => new FakeServer([makeCard("a"), makeCard("b")])
const unreachable = () => Promise.reject(new TypeError("no network"))

beforeEach(() => {
  fakeLocks()
  FakeSocket.install()
})

afterEach(async () => {
  started.splice(0).forEach((engine) => engine.stop())
  await wipe(null)
})

test("a new browser gets everything, and the next start shows it before anybody is asked", async () => {
  const server = newServer()
  const first = await openTab()
  await live(first)
  expect(first.task("a")?.title).toBe("Task a")
  first.engine.stop()
  server.interfere = unreachable
  const second = await openTab()
  expect(second.task("a")?.title).toBe("Task a")
  await vi.waitFor(() => expect(second.sync().link).toBe("down"))
})

test("an event on the socket brings what changed; many at once are fetched together", async () => {
  const server = newServer()
  const tab = await openTab()
  await live(tab)
  await vi.waitFor(() => expect(FakeSocket.all[0]!.sent.at(-1)?.type).toBe("subscribe"))
  const before = server.calls.length
  for (let seq = 1; seq <= 20; seq++) {
    server.change("a", { title: `Title ${seq}` })
    FakeSocket.all[0]!.event(seq)
  }
  await vi.waitFor(() => expect(tab.task("a")?.title).toBe("Title 20"))
  await tab.engine.catchUp()
  expect(server.calls.length - before).toBeLessThan(5)
})

test("a change is on screen at once, is sent with its key and the version seen, and what others did stays", async () => {
  const server = newServer()
  const tab = await openTab()
  await live(tab)
  server.change("a", { title: "Theirs" })
  const action = tab.update("a", { priority: "urgent" })
  expect(tab.task("a")).toMatchObject({ priority: "urgent", title: "Task a" })
  await vi.waitFor(() => expect(tab.sync().pending).toEqual([]))
  expect(tab.task("a")).toMatchObject({ priority: "urgent", title: "Theirs", version: 3 })
  const patches = server.calls.filter(({ method }) => method === "PATCH")
  // Refused for its version, then made again on the newer row.
  expect(patches.map(({ headers }) => headers.get("If-Match"))).toEqual(['"1"', '"2"'])
  expect(patches.map(({ headers }) => headers.get("Idempotency-Key"))).toEqual([action!.id, action!.id])
  expect(tab.toasts()).toEqual([])
})

test("two who set one field: theirs is kept, both values are told, and one can insist", async () => {
  const server = newServer()
  const tab = await openTab()
  await live(tab)
  server.change("a", { priority: "low" })
  tab.update("a", { priority: "urgent" })
  await vi.waitFor(() => expect(tab.toasts()).toEqual([expect.stringContaining("you chose “urgent”, but meanwhile it became “low”")]))
  expect(tab.task("a")?.priority).toBe("low")
  const { runToastAction } = await import("@/lib/toasts")
  runToastAction(tab.store.getState().toasts[0]!.id)
  await vi.waitFor(() => expect(server.tasks.get("a")?.priority).toBe("urgent"))
  expect(tab.task("a")?.priority).toBe("urgent")
})

test("what was done offline outlives a reload, is sent in order with the keys it had, and nothing twice", async () => {
  const server = newServer()
  const first = await openTab()
  await live(first)
  server.interfere = ({ method }) => (method === "GET" ? undefined : unreachable())
  const made = [first.create("n", "New one"), first.update("n", { priority: "high" }), first.move("a", "done"), first.remove("b")]
  await vi.waitFor(() => expect(first.sync().link).toBe("down"))
  first.engine.stop()

  const second = await openTab()
  expect(second.sync().pending.map(({ id }) => id)).toEqual(made.map((action) => action!.id))
  expect(second.task("n")).toMatchObject({ title: "New one", priority: "high", key: "New" })
  expect(second.task("b")).toBeUndefined()
  server.interfere = () => undefined
  window.dispatchEvent(new Event("online"))
  await vi.waitFor(() => expect(second.sync().pending).toEqual([]), { timeout: 10_000 })
  expect(server.tasks.get("n")).toMatchObject({ title: "New one", priority: "high" })
  expect(server.tasks.get("a")?.status).toBe("done")
  expect(server.tasks.has("b")).toBe(false)
  expect(server.log.map(({ type }) => type)).toEqual(["task.created", "task.updated", "task.moved", "task.deleted"])
  const keys = server.calls.filter(({ path }) => path.endsWith("/tasks")).map(({ headers }) => headers.get("Idempotency-Key"))
  expect(new Set(keys)).toEqual(new Set([made[0]!.id]))
})

test("an answer lost on the way: the same words go out with the same key, and the change is made once", async () => {
  const server = newServer()
  const tab = await openTab()
  await live(tab)
  let lost = 0
  server.interfere = (call) => {
    if (call.path !== "/tasks/a/move" || lost++ > 0) return undefined
    server.interfere = () => undefined
    // It arrives, and the answer does not.
    return fetch(new Request("http://localhost/api/v1/tasks/a/move", { method: "POST", body: JSON.stringify(call.body), headers: call.headers })).then(unreachable)
  }
  tab.move("a", "done")
  await vi.waitFor(() => expect(tab.sync().pending).toEqual([]), { timeout: 10_000 })
  expect(server.log.map(({ type }) => type)).toEqual(["task.moved"])
  const moves = server.calls.filter(({ path }) => path === "/tasks/a/move")
  expect(moves.length).toBeGreaterThan(1)
  expect(new Set(moves.map(({ headers, body }) => `${headers.get("Idempotency-Key")} ${JSON.stringify(body)} ${headers.get("If-Match")}`)).size).toBe(1)
})

test("a refused change goes back with a message; what was done to a task that was never made goes with it", async () => {
  const server = newServer()
  const tab = await openTab()
  await live(tab)
  server.interfere = ({ path }) => (path.endsWith("/tasks") ? problem(422, "invalid-input", { detail: "The title is too long." }) : undefined)
  tab.create("n", "Too long")
  tab.update("n", { priority: "low" })
  await vi.waitFor(() => expect(tab.toasts()).toEqual([expect.stringMatching(/Not saved: new task “Too long”.*too long/)]))
  expect(tab.task("n")).toBeUndefined()
  expect(tab.sync().pending).toEqual([])
})

test("a log that is gone: everything is fetched anew, and what waits stays", async () => {
  const server = newServer()
  const tab = await openTab()
  await live(tab)
  server.interfere = ({ method }) => (method === "GET" ? undefined : problem(503, "busy"))
  tab.update("a", { title: "Mine" })
  await vi.waitFor(() => expect(tab.sync().link).toBe("down"))
  server.tasks.set("fresh", makeCard("fresh"))
  server.resets = true
  await tab.engine.catchUp()
  expect(tab.task("fresh")).toBeDefined()
  expect(tab.task("a")?.title).toBe("Mine")
  server.interfere = () => undefined
  window.dispatchEvent(new Event("online"))
  await vi.waitFor(() => expect(server.tasks.get("a")?.title).toBe("Mine"), { timeout: 10_000 })
})

test("two tabs: one socket, one that sends, both see; when it goes the other takes over", async () => {
  const server = newServer()
  const first = await openTab()
  await live(first)
  const second = await openTab()
  await vi.waitFor(() => expect(second.task("a")).toBeDefined())
  second.update("a", { title: "From the second" })
  await vi.waitFor(() => expect(second.sync().pending).toEqual([]))
  expect(first.task("a")?.title).toBe("From the second")
  expect(server.paths()).toEqual(["PATCH /tasks/a"])
  expect(FakeSocket.open()).toHaveLength(1)

  server.change("b", { title: "Theirs" })
  await second.engine.catchUp()
  await vi.waitFor(() => expect(second.task("b")?.title).toBe("Theirs"))

  first.engine.stop()
  await live(second)
  await vi.waitFor(() => expect(FakeSocket.open()).toHaveLength(1))
  second.update("b", { priority: "low" })
  await vi.waitFor(() => expect(server.tasks.get("b")?.priority).toBe("low"))
})

test("undo drops what was not sent and asks the server for the rest; redo has it back", async () => {
  const server = newServer()
  const tab = await openTab()
  await live(tab)
  tab.update("a", { title: "Sent" })
  await vi.waitFor(() => expect(tab.sync().pending).toEqual([]))
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(false)
  tab.update("a", { priority: "low" })
  await vi.waitFor(() => expect(tab.sync().link).toBe("down"))

  await tab.undo()
  expect(tab.task("a")).toMatchObject({ title: "Sent", priority: "medium" })
  expect(tab.toasts()).toContain("Undid: priority of WEB-a")
  await tab.redo()
  expect(tab.task("a")?.priority).toBe("low")

  vi.spyOn(navigator, "onLine", "get").mockReturnValue(true)
  window.dispatchEvent(new Event("online"))
  await vi.waitFor(() => expect(server.tasks.get("a")?.priority).toBe("low"), { timeout: 10_000 })
  await vi.waitFor(() => expect(tab.sync().pending).toEqual([]))
  await tab.undo()
  expect(server.paths().at(-1)).toBe("POST /undo")
})

test("a role that was taken away: everything is fetched anew before the socket opens again", async () => {
  const server = newServer()
  const tab = await openTab()
  await live(tab)
  server.tasks.delete("b")
  FakeSocket.open()[0]!.close(4403)
  await vi.waitFor(() => expect(tab.task("b")).toBeUndefined())
  expect(server.calls.filter(({ path }) => path === "/sync/bootstrap")).toHaveLength(2)
  await vi.waitFor(() => expect(FakeSocket.open()).toHaveLength(1), { timeout: 5_000 })
})

test("a token that ended is renewed, and the socket opens again with the new one", async () => {
  const server = newServer()
  const tab = await openTab()
  await live(tab)
  server.interfere = ({ path }) => (path === "/auth/refresh" ? { body: makeAuth("fresh") } : undefined)
  FakeSocket.open()[0]!.close(4401)
  await vi.waitFor(() => expect(JSON.stringify(FakeSocket.all[1]?.sent)).toContain("Bearer fresh"), { timeout: 5_000 })
})

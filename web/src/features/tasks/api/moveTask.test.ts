import { expect, test } from "vitest"
import type { Card } from "@/lib/api/types"
import { makeStore } from "@/lib/store"
import { layout, makeBoard, makeCard } from "@/testing/factories"
import { fakeNetwork, problem } from "@/testing/network"
import { noFilters } from "../filters/boardFilters"
import { boardApi, cachedBoard } from "./board"
import { taskApi } from "./task"

const args = { projectId: "project", filters: noFilters }

async function openBoard(columns: Record<string, string[]>, routes: Parameters<typeof fakeNetwork>[0]) {
  const calls = fakeNetwork({ "GET /projects/project/board": () => ({ body: makeBoard(columns) }), ...routes })
  const store = makeStore()
  await store.dispatch(boardApi.endpoints.getBoard.initiate(args))
  return {
    calls,
    store,
    shown: () => layout(cachedBoard(store.getState(), args)),
    counts: () => cachedBoard(store.getState(), args)?.columns.map(({ count }) => count),
    move: (task: Card, status: string, index: number, more = {}) =>
      store.dispatch(taskApi.endpoints.moveTask.initiate({ task, status, index, ...more })),
  }
}

test("the card is in its new place before the server has answered, and stays there", async () => {
  let answer: (card: Card) => void = () => undefined
  const { shown, counts, move, calls } = await openBoard(
    { todo: ["a", "b"], done: ["m", "x"] },
    { "POST /tasks/a/move": () => new Promise((resolve) => (answer = (body) => resolve({ body }))) },
  )
  const moving = move(makeCard("a"), "done", 1, { after_id: "m" })
  expect(shown()).toEqual({ todo: ["b"], done: ["m", "a", "x"] })
  expect(counts()).toEqual([1, 3])

  await expect.poll(() => calls.length).toBe(2)
  answer(makeCard("a", { status: "done", position: "p", version: 2 }))
  await moving
  expect(shown()).toEqual({ todo: ["b"], done: ["m", "a", "x"] })
  expect(calls[1]?.body).toEqual({ status: "done", version: 1, after_id: "m" })
})

test("when the server refuses, the card goes back and a toast says why", async () => {
  const { shown, counts, move, store } = await openBoard(
    { todo: ["a", "b"], done: [] },
    { "POST /tasks/a/move": () => problem(403, "forbidden") },
  )
  const moving = move(makeCard("a"), "done", 0)
  expect(shown()).toEqual({ todo: ["b"], done: ["a"] })
  await moving
  expect(shown()).toEqual({ todo: ["a", "b"], done: [] })
  expect(counts()).toEqual([2, 0])
  expect(store.getState().toasts).toMatchObject([{ tone: "danger", text: expect.stringMatching(/role/) as string }])
})

test("after a conflict the board is loaded again", async () => {
  const { move, calls, shown } = await openBoard(
    { todo: ["a"], done: [] },
    { "POST /tasks/a/move": () => problem(409, "version-conflict", { current: makeCard("a") }) },
  )
  await move(makeCard("a"), "done", 0)
  await expect.poll(() => calls.map(({ method, path }) => `${method} ${path.split("?")[0] ?? ""}`)).toEqual([
    "GET /projects/project/board",
    "POST /tasks/a/move",
    "GET /projects/project/board",
  ])
  expect(shown()).toEqual({ todo: ["a"], done: [] })
})

test("two quick moves of one card wait for each other and are no conflict", async () => {
  let version = 1
  const { move, calls } = await openBoard(
    { todo: ["q"], doing: [], done: [] },
    {
      "POST /tasks/q/move": ({ body }) => {
        const sent = body as { status: string; version: number }
        if (sent.version !== version) return problem(409, "version-conflict")
        version += 1
        return { body: makeCard("q", { status: sent.status, version }) }
      },
    },
  )
  const results = await Promise.all([move(makeCard("q"), "doing", 0), move(makeCard("q"), "done", 0)])
  expect(results.map(({ error }) => error)).toEqual([undefined, undefined])
  expect(calls.slice(1).map(({ body }) => (body as { version: number }).version)).toEqual([1, 2])
})

test("a deleted card leaves at once and Undo brings it back to its place", async () => {
  const { shown, store } = await openBoard(
    { todo: ["a", "b", "c"] },
    { "DELETE /tasks/b": () => ({ status: 204 }), "POST /tasks/b/restore": () => ({ body: makeCard("b", { version: 3 }) }) },
  )
  const deleting = store.dispatch(taskApi.endpoints.deleteTask.initiate(makeCard("b")))
  expect(shown()).toEqual({ todo: ["a", "c"] })
  await deleting
  await store.dispatch(taskApi.endpoints.restoreTask.initiate(makeCard("b")))
  expect(shown()).toEqual({ todo: ["a", "b", "c"] })
})

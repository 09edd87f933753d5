import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { signedIn } from "@/lib/session"
import { makeStore } from "@/lib/store"
import { makeAuth } from "@/testing/factories"
import { fakeNetwork, problem } from "@/testing/network"
import { api } from "./api"
import { answerConfirmations } from "./confirmation"

const thing = api.injectEndpoints({
  endpoints: (build) => ({
    readThing: build.query<{ name: string }, void>({ query: () => "/thing" }),
    writeThing: build.mutation<{ name: string }, void>({ query: () => ({ url: "/thing", method: "POST" }) }),
  }),
})

const tooMany = (seconds: string) => ({ ...problem(429, "too-many-requests"), headers: { "Retry-After": seconds } })
const done = { body: { name: "it" } }

function begin(routes: Parameters<typeof fakeNetwork>[0]) {
  const calls = fakeNetwork(routes)
  const store = makeStore()
  store.dispatch(signedIn(makeAuth("token")))
  return {
    calls,
    toasts: () => store.getState().toasts.map(({ text }) => text),
    read: () => store.dispatch(thing.endpoints.readThing.initiate(undefined, { forceRefetch: true })),
    write: () => store.dispatch(thing.endpoints.writeThing.initiate()),
  }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test("a read that is told to wait two seconds waits two seconds, and is asked again", async () => {
  const answers = [tooMany("2"), done]
  const { calls, read } = begin({ "GET /thing": () => answers.shift()! })
  const asked = read()
  await vi.advanceTimersByTimeAsync(1900)
  expect(calls).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(200)
  expect((await asked).data).toEqual({ name: "it" })
  expect(calls).toHaveLength(2)
})

test("it waits twice at most, and never longer than five seconds", async () => {
  const always = begin({ "GET /thing": () => tooMany("1") })
  const asked = always.read()
  await vi.advanceTimersByTimeAsync(10_000)
  expect((await asked).error).toMatchObject({ status: 429 })
  expect(always.calls).toHaveLength(3)

  const long = begin({ "GET /thing": () => tooMany("6") })
  expect((await long.read()).error).toMatchObject({ status: 429, retryAfter: 6 })
  expect(long.calls).toHaveLength(1)
})

test("a write is not repeated; a toast says when it can be, once for many", async () => {
  const { calls, write, toasts } = begin({ "POST /thing": () => tooMany("3") })
  const refused = await Promise.all([write(), write()])
  expect(refused.every(({ error }) => error !== undefined)).toBe(true)
  expect(calls).toHaveLength(2)
  expect(toasts()).toEqual(["That was a lot at once. Try again in 3 seconds."])
})

test("what needs confirming is asked once for two calls, and both go on", async () => {
  let confirmed = false
  const answer = () => (confirmed ? done : problem(403, "confirmation-needed"))
  const { calls, write } = begin({ "POST /thing": answer })
  const ask = vi.fn(async () => {
    await new Promise((resolve) => setTimeout(resolve, 50))
    confirmed = true
    return true
  })
  const takeAway = answerConfirmations(ask)
  const both = Promise.all([write(), write()])
  await vi.advanceTimersByTimeAsync(100)
  expect((await both).map(({ data }) => data)).toEqual([{ name: "it" }, { name: "it" }])
  expect(ask).toHaveBeenCalledTimes(1)
  expect(calls).toHaveLength(4)
  takeAway()
})

test("whoever does not confirm gets the refusal; so does a page without the dialog", async () => {
  const { calls, write } = begin({ "POST /thing": () => problem(403, "confirmation-needed") })
  const takeAway = answerConfirmations(() => Promise.resolve(false))
  expect((await write()).error).toMatchObject({ slug: "confirmation-needed" })
  takeAway()
  expect((await write()).error).toMatchObject({ slug: "confirmation-needed" })
  expect(calls).toHaveLength(2)
})

import { afterEach, describe, expect, test, vi } from "vitest"
import { makeAuth } from "@/testing/factories"
import { fakeNetwork, problem } from "@/testing/network"
import { selectSession, signedIn } from "../session"
import { makeStore } from "../store"
import { api } from "./api"
import { refreshOnce, type RefreshOutcome } from "./refresh"

const probe = api.injectEndpoints({
  endpoints: (build) => ({ probe: build.query<unknown, string>({ query: (name) => `/probe/${name}` }) }),
})

const ended: RefreshOutcome = { kind: "ended" }

afterEach(() => Reflect.deleteProperty(navigator, "locks"))

function withLocks() {
  let queue = Promise.resolve<unknown>(undefined)
  const names: string[] = []
  const request = (name: string, run: () => Promise<unknown>) => {
    names.push(name)
    const turn = queue.then(run)
    queue = turn.catch(() => undefined)
    return turn
  }
  Object.defineProperty(navigator, "locks", { value: { request }, configurable: true })
  return names
}

describe("refreshOnce", () => {
  test("callers at the same time share one refresh; later ones get a new one", async () => {
    withLocks()
    const refresh = vi.fn(() => Promise.resolve(ended))
    await Promise.all([refreshOnce(refresh), refreshOnce(refresh), refreshOnce(refresh)])
    expect(refresh).toHaveBeenCalledTimes(1)
    await refreshOnce(refresh)
    expect(refresh).toHaveBeenCalledTimes(2)
  })

  test("waits for the lock that all tabs share", async () => {
    const names = withLocks()
    await refreshOnce(() => Promise.resolve(ended))
    expect(names).toEqual(["projectflow.refresh"])
  })

  test("without locks, a refusal is tried once more: another tab may have renewed the cookie", async () => {
    const refresh = vi
      .fn<() => Promise<RefreshOutcome>>()
      .mockResolvedValueOnce(ended)
      .mockResolvedValueOnce({ kind: "renewed", auth: makeAuth("second") })
    expect((await refreshOnce(refresh)).kind).toBe("renewed")
  })

  test("a refresh that throws does not block the next", async () => {
    withLocks()
    await expect(refreshOnce(() => Promise.reject(new Error("x")))).rejects.toThrow("x")
    expect(await refreshOnce(() => Promise.resolve(ended))).toEqual(ended)
  })
})

describe("a call that is refused", () => {
  const refuseOld = ({ token }: { token: string | null }) =>
    token === "Bearer new" ? { body: { ok: true } } : problem(401, "not-signed-in")

  test("three calls refused at once: one refresh, all three replayed with the new token", async () => {
    withLocks()
    const calls = fakeNetwork({
      "GET /probe/a": refuseOld,
      "GET /probe/b": refuseOld,
      "GET /probe/c": refuseOld,
      "POST /auth/refresh": () => ({ body: makeAuth("new") }),
    })
    const store = makeStore()
    store.dispatch(signedIn(makeAuth("old")))
    const results = await Promise.all(["a", "b", "c"].map((name) => store.dispatch(probe.endpoints.probe.initiate(name))))
    expect(results.map(({ data }) => data)).toEqual([{ ok: true }, { ok: true }, { ok: true }])
    expect(calls.filter(({ path }) => path === "/auth/refresh")).toHaveLength(1)
  })

  test("when the session has ended, the store says so, and nothing loops", async () => {
    withLocks()
    const calls = fakeNetwork({
      "GET /probe/a": refuseOld,
      "POST /auth/refresh": () => problem(401, "session-ended"),
    })
    const store = makeStore()
    store.dispatch(signedIn(makeAuth("old")))
    await store.dispatch(probe.endpoints.probe.initiate("a"))
    expect(selectSession(store.getState())).toMatchObject({ status: "signed-out", ended: "expired", accessToken: null })
    expect(calls.map(({ path }) => path)).toEqual(["/probe/a", "/auth/refresh"])
  })

  test("when the server is away, nobody is signed out", async () => {
    withLocks()
    fakeNetwork({ "GET /probe/a": refuseOld, "POST /auth/refresh": () => problem(503, "unavailable") })
    const store = makeStore()
    store.dispatch(signedIn(makeAuth("old")))
    await store.dispatch(probe.endpoints.probe.initiate("a"))
    expect(selectSession(store.getState()).status).toBe("signed-in")
  })

  test("a refresh that answers for somebody else drops what the first person loaded", async () => {
    withLocks()
    fakeNetwork({
      "GET /probe/mine": () => ({ body: "secret" }),
      "GET /probe/a": refuseOld,
      "POST /auth/refresh": () => ({ body: makeAuth("new", { id: "grace" }) }),
    })
    const store = makeStore()
    store.dispatch(signedIn(makeAuth("old")))
    await store.dispatch(probe.endpoints.probe.initiate("mine"))
    await store.dispatch(probe.endpoints.probe.initiate("a"))
    expect(probe.endpoints.probe.select("mine")(store.getState()).data).toBeUndefined()
  })
})

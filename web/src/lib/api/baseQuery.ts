import {
  fetchBaseQuery,
  type BaseQueryApi,
  type BaseQueryFn,
  type FetchArgs,
  type FetchBaseQueryMeta,
  type QueryReturnValue,
} from "@reduxjs/toolkit/query"
import { sessionEnded, signedIn } from "@/lib/session"
import { showToast } from "@/lib/toasts"
import { confirmItIsYou } from "./confirmation"
import { problemMessage, toProblem, type Problem } from "./problem"
import { refreshOnce, type RefreshOutcome } from "./refresh"
import type { AuthResult } from "./types"

interface WithSession {
  session: { accessToken: string | null; status: string }
}

// Longer than this nobody wants to look at a page that does nothing: then it says so.
const LONGEST_WAIT_SECONDS = 5
const WAITS = 2

const fetchApi = fetchBaseQuery({
  baseUrl: `${window.location.origin}/api/v1`,
  timeout: 30_000,
  prepareHeaders(headers, { getState }) {
    const token = accessToken(getState)
    if (token) headers.set("Authorization", `Bearer ${token}`)
  },
})

/** `quiet`: whoever asks says themselves what went wrong. */
export interface CallOptions {
  quiet?: boolean
}

type BaseQuery = BaseQueryFn<string | FetchArgs, unknown, Problem, CallOptions, FetchBaseQueryMeta>

type Answer = QueryReturnValue<unknown, Problem, FetchBaseQueryMeta>

export const baseQuery: BaseQuery = async (args, api, extra?: CallOptions) => {
  let answer = await ask(args, api)
  for (let waits = 0; waits < WAITS && isRead(args); waits++) {
    const { status, retryAfter } = answer.error ?? {}
    if (status !== 429 || !retryAfter || retryAfter > LONGEST_WAIT_SECONDS) break
    await pause(retryAfter, api.signal)
    if (api.signal.aborted) break
    answer = await ask(args, api)
  }
  if (answer.error?.slug === "confirmation-needed" && (await confirmItIsYou())) answer = await ask(args, api)
  // A write is not repeated behind anybody's back: they may have changed their mind by then.
  if (answer.error?.slug === "too-many-requests" && !isRead(args) && !extra?.quiet) {
    api.dispatch(showToast(problemMessage(answer.error), { tone: "danger" }))
  }
  return answer
}

/** One call, repeated when the access token had run out. */
async function ask(args: string | FetchArgs, api: BaseQueryApi): Promise<Answer> {
  // A session that was remembered has no token yet.
  if (isRemembered(api.getState) && !isAuthCall(args)) {
    const { kind } = await restoreSession(api)
    if (kind === "unavailable") return { error: toProblem({ status: "FETCH_ERROR", error: "" }) }
    if (kind === "ended") return { error: toProblem({ status: 401, data: {} }) }
  }
  const tokenUsed = accessToken(api.getState)
  let result = await fetchApi(args, api, {})
  if (result.error?.status === 401 && !isAuthCall(args)) {
    // Another call may have renewed the session while this one was under way: then only replay it.
    const renewed = accessToken(api.getState) !== tokenUsed || (await restoreSession(api)).kind === "renewed"
    if (renewed && accessToken(api.getState)) result = await fetchApi(args, api, {})
  }
  return result.error ? { error: toProblem(result.error, result.meta), ...meta(result) } : { data: result.data, ...meta(result) }
}

/** Asks for a new access token; tells the store how it went. */
export async function restoreSession(api: BaseQueryApi): Promise<RefreshOutcome> {
  const outcome = await refreshOnce(async () => {
    const { data, error } = await fetchApi({ url: "/auth/refresh", method: "POST" }, { ...api, signal: new AbortController().signal }, {})
    if (data) return { kind: "renewed", auth: data as AuthResult }
    return error?.status === 401 ? { kind: "ended" } : { kind: "unavailable" }
  })
  if (outcome.kind === "renewed") api.dispatch(signedIn(outcome.auth))
  if (outcome.kind === "ended") api.dispatch(sessionEnded())
  return outcome
}

function pause(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000)
    signal.addEventListener("abort", () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

function accessToken(getState: () => unknown): string | null {
  return (getState() as WithSession).session.accessToken
}

function isRemembered(getState: () => unknown): boolean {
  const { status, accessToken } = (getState() as WithSession).session
  return status === "signed-in" && accessToken === null
}

function isRead(args: string | FetchArgs): boolean {
  return typeof args === "string" || (args.method ?? "GET") === "GET"
}

function isAuthCall(args: string | FetchArgs): boolean {
  return (typeof args === "string" ? args : args.url).startsWith("/auth/")
}

function meta(result: { meta?: FetchBaseQueryMeta | undefined }): { meta?: FetchBaseQueryMeta } {
  return result.meta ? { meta: result.meta } : {}
}

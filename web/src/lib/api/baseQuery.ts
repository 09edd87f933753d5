import {
  fetchBaseQuery,
  type BaseQueryApi,
  type BaseQueryFn,
  type FetchArgs,
  type FetchBaseQueryMeta,
} from "@reduxjs/toolkit/query"
import { sessionEnded, signedIn } from "@/lib/session"
import { toProblem, type Problem } from "./problem"
import { refreshOnce, type RefreshOutcome } from "./refresh"
import type { AuthResult } from "./types"

interface WithSession {
  session: { accessToken: string | null }
}

const fetchApi = fetchBaseQuery({
  baseUrl: `${window.location.origin}/api/v1`,
  timeout: 30_000,
  prepareHeaders(headers, { getState }) {
    const token = accessToken(getState)
    if (token) headers.set("Authorization", `Bearer ${token}`)
  },
})

export const baseQuery: BaseQueryFn<string | FetchArgs, unknown, Problem, object, FetchBaseQueryMeta> = async (
  args,
  api,
  extra,
) => {
  const tokenUsed = accessToken(api.getState)
  let result = await fetchApi(args, api, extra)
  if (result.error?.status === 401 && !isAuthCall(args)) {
    // Another call may have renewed the session while this one was under way: then only replay it.
    const renewed = accessToken(api.getState) !== tokenUsed || (await restoreSession(api)).kind === "renewed"
    if (renewed && accessToken(api.getState)) result = await fetchApi(args, api, extra)
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

function accessToken(getState: () => unknown): string | null {
  return (getState() as WithSession).session.accessToken
}

function isAuthCall(args: string | FetchArgs): boolean {
  return (typeof args === "string" ? args : args.url).startsWith("/auth/")
}

function meta(result: { meta?: FetchBaseQueryMeta | undefined }): { meta?: FetchBaseQueryMeta } {
  return result.meta ? { meta: result.meta } : {}
}

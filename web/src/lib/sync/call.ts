import type { BaseQueryApi, FetchArgs } from "@reduxjs/toolkit/query"
import { baseQuery, type CallOptions } from "@/lib/api/baseQuery"
import type { Problem } from "@/lib/api/problem"

export interface Store {
  dispatch: BaseQueryApi["dispatch"]
  getState: () => unknown
}

export type Answer<Data> = { data: Data; error?: undefined } | { data?: undefined; error: Problem }

/** Asks the API beside RTK Query, with the same session: nothing is cached. */
export async function call<Data>(store: Store, args: string | FetchArgs, options: CallOptions & { signal?: AbortSignal } = {}): Promise<Answer<Data>> {
  const { signal = new AbortController().signal, ...extra } = options
  const api: BaseQueryApi = {
    signal,
    abort: () => undefined,
    dispatch: store.dispatch,
    getState: store.getState,
    extra: undefined,
    endpoint: "sync",
    type: "query",
  }
  const { data, error } = await baseQuery(args, api, extra)
  return error ? { error } : { data: data as Data }
}

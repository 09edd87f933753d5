import type { FetchArgs, FetchBaseQueryMeta, QueryReturnValue } from "@reduxjs/toolkit/query"
import type { Problem } from "./problem"
import type { Page } from "./types"

type Fetch = (args: FetchArgs) => PromiseLike<QueryReturnValue<unknown, Problem, FetchBaseQueryMeta>> | QueryReturnValue<unknown, Problem, FetchBaseQueryMeta>

// Lists small enough to have whole (people, projects). The bound keeps a wrong cursor from looping for ever.
const MOST_PAGES = 20

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller says what the list holds
export async function fetchAllPages<Item>(fetch: Fetch, url: string, params: Record<string, string> = {}) {
  const items: Item[] = []
  let cursor: string | null = null
  for (let page = 0; page < MOST_PAGES; page++) {
    const result = await fetch({ url, params: { ...params, limit: 100, ...(cursor && { cursor }) } })
    if (result.error) return { error: result.error }
    const { items: more, next_cursor } = result.data as Page<Item>
    items.push(...more)
    if (!next_cursor) break
    cursor = next_cursor
  }
  return { data: items }
}

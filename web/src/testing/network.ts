import { vi } from "vitest"

export interface Call {
  method: string
  path: string
  body: unknown
  token: string | null
  headers: Headers
}

export interface Answer {
  status?: number
  body?: unknown
  /** Instead of a body: sent as it is. */
  text?: string
  headers?: Record<string, string>
}

type Handler = (call: Call) => Answer | Promise<Answer>

/** Stands in for the network and nothing else; `"POST /tasks/1/move"` names a route; `before` is asked first. Gives back what was asked. */
export function fakeNetwork(routes: Record<string, Handler>, before: (call: Call) => ReturnType<Handler> | undefined = () => undefined): Call[] {
  const calls: Call[] = []
  vi.stubGlobal("fetch", async (input: Request | string, init?: RequestInit) => {
    const request = new Request(input, init)
    const url = new URL(request.url)
    const text = await request.text()
    const call: Call = {
      method: request.method,
      path: url.pathname.replace("/api/v1", "") + url.search,
      body: text && request.headers.get("Content-Type")?.includes("json") ? (JSON.parse(text) as unknown) : text,
      token: request.headers.get("Authorization"),
      headers: request.headers,
    }
    calls.push(call)
    const handler = routes[`${call.method} ${url.pathname.replace("/api/v1", "")}`]
    const given = before(call)
    if (!given && !handler) throw new Error(`the test has no route for ${call.method} ${call.path}`)
    const { status = 200, body, text: plain, headers } = await (given ?? handler?.(call) ?? {})
    return new Response(plain ?? (body === undefined ? null : JSON.stringify(body)), {
      status,
      headers: { "Content-Type": status >= 400 ? "application/problem+json" : "application/json", ...headers },
    })
  })
  return calls
}

export function problem(status: number, slug: string, more: object = {}): Answer {
  return { status, body: { type: `/problems/${slug}`, title: slug, status, detail: `detail of ${slug}`, ...more } }
}

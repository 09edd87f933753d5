import { isProblem } from "@/lib/api/problem"

export interface QueryProblem {
  message: string
  before: string
  wrong: string
  after: string
}

/** What is wrong with a query, cut at the characters that the server points to; null for a failure of another sort. */
export function queryProblem(error: unknown, query: string, prefix = ""): QueryProblem | null {
  if (!isProblem(error) || error.slug !== "invalid-query") return null
  const [first] = error.errors
  if (!first) return null
  // The server counts characters, not the halves of which JavaScript makes some of them.
  const characters = Array.from(query)
  const { position = 1, length = 0 } = first.data ?? {}
  const at = Math.min(Math.max(position - 1 - Array.from(prefix).length, 0), characters.length)
  const message = first.message.replace(/^character \d+: /, "")
  return {
    message: message.charAt(0).toUpperCase() + message.slice(1),
    before: characters.slice(0, at).join(""),
    wrong: characters.slice(at, at + length).join(""),
    after: characters.slice(at + length).join(""),
  }
}

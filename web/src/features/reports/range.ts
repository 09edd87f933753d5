/** Of which time the tasks are, as a term of the query: what is chosen can be read there, and what is written there is chosen. */
export interface Range {
  field: "created" | "completed" | "due"
  span: string
}

export const RANGE_FIELDS: { value: Range["field"]; label: string }[] = [
  { value: "created", label: "Created" },
  { value: "completed", label: "Completed" },
  { value: "due", label: "Due" },
]

export const SPANS: { value: string; label: string }[] = [
  { value: ">=-7d", label: "Last 7 days" },
  { value: ">=-30d", label: "Last 30 days" },
  { value: ">=-90d", label: "Last 90 days" },
  { value: ":this-week", label: "This week" },
  { value: ":last-week", label: "Last week" },
  { value: ":this-month", label: "This month" },
  { value: ":last-month", label: "Last month" },
  { value: ":this-year", label: "This year" },
]

// At the end, where we put it; what people write elsewhere (in brackets, after OR) is theirs.
const TERM = /(?:^|\s)(created|completed|due)(>=-(?:7|30|90)d|:(?:this|last)-(?:week|month)|:this-year)\s*$/
const EITHER = /\sOR\s/

export function rangeOf(query: string): Range | null {
  const [, field, span] = TERM.exec(query) ?? []
  return field && span ? { field: field as Range["field"], span } : null
}

/** The query with this range in place of the one that it has. */
export function withRange(query: string, range: Range | null): string {
  const rest = query.replace(TERM, "").trim()
  if (!range) return rest
  const term = `${range.field}${range.span}`
  if (rest === "") return term
  return `${EITHER.test(rest) && !isBracketed(rest) ? `(${rest})` : rest} ${term}`
}

/** Whether one pair of brackets is around all of it. */
function isBracketed(query: string): boolean {
  if (!query.startsWith("(")) return false
  let depth = 0
  for (let at = 0; at < query.length; at++) {
    depth += query[at] === "(" ? 1 : query[at] === ")" ? -1 : 0
    if (depth === 0) return at === query.length - 1
  }
  return false
}

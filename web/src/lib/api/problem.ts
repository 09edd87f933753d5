import type { FetchBaseQueryError, FetchBaseQueryMeta } from "@reduxjs/toolkit/query"

/** Any failed call, whether the server answered (RFC 9457) or nobody did. */
export interface Problem {
  status: number | "offline" | "timeout" | "unreadable" | "browser"
  /** The end of the problem's type: "version-conflict". */
  slug: string
  detail: string
  errors: FieldError[]
  /** On a conflict: the entity as it is now. */
  current?: unknown
  retryAfter?: number
}

export interface FieldError {
  field: string
  message: string
  /** Where in a query it is, counted from 1. */
  data?: { position?: number; length?: number }
}

export function toProblem(error: FetchBaseQueryError, meta?: FetchBaseQueryMeta): Problem {
  const empty = { slug: "", detail: "", errors: [] }
  if (error.status === "FETCH_ERROR") return { ...empty, status: "offline" }
  if (error.status === "TIMEOUT_ERROR") return { ...empty, status: "timeout" }
  if (error.status === "PARSING_ERROR") {
    // A proxy's HTML page keeps its status: a 502 is still a 502.
    return { ...empty, status: error.originalStatus >= 400 ? error.originalStatus : "unreadable" }
  }
  if (error.status === "CUSTOM_ERROR") return { ...empty, status: "unreadable" }

  const body = isRecord(error.data) ? error.data : {}
  const retryAfter = secondsUntil(meta?.response?.headers.get("Retry-After"))
  return {
    status: error.status,
    slug: text(body.type).split("/").pop() ?? "",
    detail: text(body.detail) || text(body.title),
    errors: Array.isArray(body.errors) ? body.errors.filter(isFieldError) : [],
    ...("current" in body && { current: body.current }),
    ...(retryAfter > 0 && { retryAfter }),
  }
}

export function isProblem(value: unknown): value is Problem {
  return isRecord(value) && "status" in value && "slug" in value && Array.isArray(value.errors)
}

const BY_SLUG: Record<string, string> = {
  "version-conflict": "Someone changed this while you were editing. You now see their version; your change was not saved.",
  "confirmation-needed": "Nothing was changed, because it was not confirmed that it is you.",
  "sso-required": "Your workspace signs in through its own identity provider. Use that button.",
  "passkey-refused": "This passkey does not open this workspace. Try another one, or another way.",
  "second-factor-required": "Your workspace requires a second step at sign-in, and this is the last you have. Add another one first.",
}

const BY_STATUS: Record<string, string> = {
  offline: "The server can’t be reached. Check your connection and try again.",
  timeout: "The server took too long to answer. Try again.",
  unreadable: "The server sent an answer this page doesn’t understand. Reload and try again.",
  401: "Your session has ended. Sign in again.",
  403: "Your role doesn’t allow this. Ask an admin of your workspace.",
  404: "This doesn’t exist, or no longer does.",
  409: "This clashes with something that is already there.",
  413: "This is too large for the server.",
  422: "Something in there isn’t right. Check it and try again.",
  502: "The server is not available right now. Try again in a moment.",
  503: "The server is busy right now. Try again in a moment.",
  504: "The server took too long to answer. Try again.",
}

// For these our own words help more than what the server says of itself.
const OURS_FIRST = new Set<Problem["status"]>([403, 502, 503, 504])

/** What a person reads: what happened, and what to do about it. */
export function problemMessage(error: unknown): string {
  if (!isProblem(error)) return "Something went wrong on this page. Reload and try again."
  const bySlug = BY_SLUG[error.slug]
  if (bySlug) return bySlug
  if (error.status === "browser") return error.detail
  if (error.status === 429) return `${error.slug === "too-many-requests" ? "That was a lot at once." : "Too many attempts."} ${waitWords(error.retryAfter)}`
  const byStatus = BY_STATUS[error.status]
  if (error.status === 503 && error.retryAfter) return `The server is busy right now. ${waitWords(error.retryAfter)}`
  if (byStatus && OURS_FIRST.has(error.status)) return byStatus
  const said = error.detail || error.errors.map(({ message }) => message).join(" ")
  if (said && typeof error.status === "number" && error.status < 500) return said
  return byStatus ?? "The server ran into an error. Nothing was saved; try again."
}

export function fieldProblem(error: unknown, field: string): string | undefined {
  if (!isProblem(error)) return undefined
  return error.errors.find((entry) => entry.field === field || entry.field.endsWith(`.${field}`))?.message
}

export function isConflict(error: unknown): boolean {
  return isProblem(error) && error.status === 409
}

export function isForbidden(error: unknown): boolean {
  return isProblem(error) && error.status === 403
}

export function isMissing(error: unknown): boolean {
  return isProblem(error) && error.status === 404
}

function waitWords(seconds: number | undefined): string {
  if (!seconds) return "Wait a moment, then try again."
  if (seconds < 90) return `Try again in ${counted(Math.ceil(seconds), "second")}.`
  const minutes = Math.ceil(seconds / 60)
  return minutes < 90 ? `Try again in ${counted(minutes, "minute")}.` : `Try again in ${counted(Math.ceil(minutes / 60), "hour")}.`
}

function counted(count: number, unit: string): string {
  return count === 1 ? `1 ${unit}` : `${count} ${unit}s`
}

/** Retry-After is a number of seconds or a date; a proxy may send either. */
function secondsUntil(header: string | null | undefined): number {
  if (!header) return 0
  const seconds = Number(header)
  return Number.isNaN(seconds) ? (Date.parse(header) - Date.now()) / 1000 : seconds
}

function text(value: unknown): string {
  return typeof value === "string" ? value : ""
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null
}

function isFieldError(value: unknown): value is FieldError {
  return isRecord(value) && typeof value.field === "string" && typeof value.message === "string"
}

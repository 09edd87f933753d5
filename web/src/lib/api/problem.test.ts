import { describe, expect, test } from "vitest"
import { fieldProblem, problemMessage, toProblem, type Problem } from "./problem"

const make = (fields: Partial<Problem>): Problem => ({ status: 500, slug: "", detail: "", errors: [], ...fields })
const answered = (headers: Record<string, string>) => ({
  request: new Request("http://localhost/"),
  response: new Response(null, { headers }),
})

describe("toProblem", () => {
  test("reads a problem document", () => {
    const data = { type: "/problems/version-conflict", title: "x", detail: "Changed.", current: { version: 4 } }
    expect(toProblem({ status: 409, data })).toMatchObject({
      status: 409,
      slug: "version-conflict",
      detail: "Changed.",
      current: { version: 4 },
    })
  })

  test("keeps only field errors that are field errors", () => {
    const errors = [{ field: "slug", message: "Taken." }, "nonsense", { field: 1 }]
    expect(toProblem({ status: 422, data: { errors } }).errors).toEqual([{ field: "slug", message: "Taken." }])
  })

  test("no answer is offline; a proxy's page keeps its status", () => {
    expect(toProblem({ status: "FETCH_ERROR", error: "x" }).status).toBe("offline")
    expect(toProblem({ status: "PARSING_ERROR", originalStatus: 502, data: "<html>", error: "x" }).status).toBe(502)
    expect(toProblem({ status: "PARSING_ERROR", originalStatus: 200, data: "<html>", error: "x" }).status).toBe("unreadable")
  })

  test("takes over Retry-After", () => {
    expect(toProblem({ status: 429, data: {} }, answered({ "Retry-After": "30" })).retryAfter).toBe(30)
    const inAMinute = new Date(Date.now() + 60_000).toUTCString()
    expect(toProblem({ status: 429, data: {} }, answered({ "Retry-After": inAMinute })).retryAfter).toBeGreaterThan(50)
  })
})

describe("problemMessage", () => {
  test.each([
    [make({ status: "offline" }), /can’t be reached/],
    [make({ status: 409, slug: "version-conflict", detail: "x" }), /Someone changed this/],
    [make({ status: 409, detail: "This address is taken." }), /^This address is taken\.$/],
    [make({ status: 422, detail: "Not a Trello board: cards is missing." }), /cards is missing/],
    [make({ status: 403, detail: "role" }), /Your role doesn’t allow this/],
    [make({ status: 429, retryAfter: 30 }), /Try again in 30 seconds/],
    [make({ status: 429, retryAfter: 600 }), /Try again in 10 minutes/],
    [make({ status: 429, retryAfter: 1 }), /Try again in 1 second\./],
    [make({ status: 429, retryAfter: 6000 }), /Try again in 2 hours\./],
    [make({ status: 503, retryAfter: 5 }), /busy right now\. Try again in 5 seconds\./],
    [make({ status: 503, detail: "pool exhausted" }), /busy right now/],
    [make({ status: 413 }), /too large/],
  ])("%o", (problem, words) => {
    expect(problemMessage(problem)).toMatch(words)
  })

  test("never shows what a broken server says of itself", () => {
    expect(problemMessage(make({ status: 500, detail: "KeyError: 'tenant'" }))).not.toContain("KeyError")
  })

  test("survives what is no problem at all", () => {
    expect(problemMessage(new TypeError("x is not a function"))).toMatch(/Something went wrong/)
  })
})

test("fieldProblem finds a field, also inside another", () => {
  const problem = make({ status: 422, errors: [{ field: "owner.email", message: "Not an address." }] })
  expect(fieldProblem(problem, "email")).toBe("Not an address.")
  expect(fieldProblem(problem, "mail")).toBeUndefined()
})

import { beforeEach, expect, test } from "vitest"
import { fit, fitting } from "./matching"
import { placeOf, readRecent, rememberRecent } from "./recent"
import { readFilters, toParams, writeFilters } from "./searchFilters"

beforeEach(() => localStorage.clear())

test("every typed word begins one of the name's, in any order, with or without accents", () => {
  expect(fit("Switch between light and dark", "dark sw")).toBeGreaterThan(0)
  expect(fit("Café Zoë", "zoe caf")).toBeGreaterThan(0)
  expect(fit("Settings", "tings")).toBe(0)
  expect(fitting(["My inbox", "Inbox", "In a box"], (name) => name, "inb", 5)).toEqual(["Inbox", "My inbox"])
})

test("the last places, the latest first, each once", () => {
  const task = { kind: "task" as const, id: "t", projectId: "p" }
  rememberRecent("ada", task)
  rememberRecent("ada", { kind: "project", id: "p", projectId: "p" })
  rememberRecent("ada", task)
  expect(readRecent("ada").map(({ id }) => id)).toEqual(["t", "p"])
  expect(readRecent("grace")).toEqual([])
  localStorage.setItem("projectflow.recent.ada", '[{"kind":"odd"},3]')
  expect(readRecent("ada")).toEqual([])
  const id = "0190b5b5-0000-7000-8000-000000000000"
  expect(placeOf(`/w/acme/projects/${id}/board`, "?task=x")).toEqual({ kind: "task", id: "x", projectId: id })
  expect(placeOf("/w/acme/inbox", "")).toBeNull()
})

test("filters come back out of the address", () => {
  const filters = { q: "rye bread", kinds: ["task" as const, "comment" as const], projectId: "p", archived: true }
  expect(readFilters(writeFilters(filters))).toEqual(filters)
  expect(toParams(filters)).toEqual({ q: "rye bread", type: "task,comment", project_id: "p", archived: "true" })
})

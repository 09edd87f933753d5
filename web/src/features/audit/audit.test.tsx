import { screen, waitFor, within } from "@testing-library/react"
import { expect, test, vi } from "vitest"
import type { AuditEvent } from "@/lib/api/types"
import { problem } from "@/testing/network"
import { show } from "@/testing/show"
import { useGetAuditInfiniteQuery } from "./api"
import { noFilters } from "./auditFilters"
import { AuditTable } from "./AuditTable"
import { ExportMenu } from "./ExportMenu"
import * as files from "@/lib/saveFile"

function event(seq: number, fields: Partial<AuditEvent> = {}): AuditEvent {
  return {
    seq,
    type: "team.created",
    actor: { id: "ada", first_name: "Ada", last_name: "Lovelace" },
    entity_type: "team",
    entity_id: `t${seq}`,
    entity_name: `Team ${seq}`,
    project_id: null,
    payload: { after: { name: `Team ${seq}` } },
    created_at: "2026-01-05T09:00:00Z",
    ...fields,
  }
}

function Log() {
  const { data, hasNextPage, fetchNextPage } = useGetAuditInfiniteQuery(noFilters)
  return (
    <>
      <AuditTable events={data?.pages.flatMap(({ items }) => items) ?? []} names={{ people: [], roles: [] }} />
      {hasNextPage && <button onClick={() => void fetchNextPage()}>Show older</button>}
      <ExportMenu filters={{ ...noFilters, type: "team.created" }} />
    </>
  )
}

const pages = {
  "GET /audit": ({ path }: { path: string }) =>
    path.includes("cursor=older")
      ? { body: { items: [event(1)], next_cursor: null, total: null } }
      : { body: { items: [event(2)], next_cursor: "older", total: null } },
}

test("older events come by cursor, below the newer", async () => {
  const { user } = show(<Log />, { routes: pages, as: {} })
  await screen.findByText(/Team 2/)
  await user.click(screen.getByRole("button", { name: "Show older" }))
  await screen.findByText(/Team 1/)
  const rows = screen.getAllByRole("button", { name: /created the team/ })
  expect(rows.map((row) => /Team \d/.exec(row.textContent)?.[0])).toEqual(["Team 2", "Team 1"])
})

test("the details open by keyboard and hold the payload, whatever its shape", async () => {
  const payload = { before: { days: null }, after: { days: 30, scopes: ["a", "b"] }, session_id: "s1", nested: { deep: true } }
  const { user } = show(<AuditTable events={[event(1, { payload })]} names={{ people: [], roles: [] }} />, { routes: {}, as: {} })
  await user.tab()
  await user.keyboard("{Enter}")
  expect(screen.getByRole("button", { name: /created the team/ })).toHaveAttribute("aria-expanded", "true")
  const changes = within(screen.getByRole("table", { name: "Changes" }))
  expect(changes.getByRole("row", { name: "Days nothing 30" })).toBeInTheDocument()
  expect(changes.getByRole("row", { name: "Scopes nothing a, b" })).toBeInTheDocument()
  expect(screen.getByText("s1")).toBeInTheDocument()
  expect(screen.getByText(/"deep": true/)).toBeInTheDocument()
})

test("an export carries the filters and the token, and becomes a file", async () => {
  const save = vi.spyOn(files, "saveFile").mockImplementation(() => undefined)
  const { user, calls } = show(<Log />, { routes: { ...pages, "GET /audit/export": () => ({ body: [1] }) }, as: {} })
  await user.click(screen.getByRole("button", { name: "Export" }))
  await user.click(await screen.findByRole("menuitem", { name: "NDJSON, for programs" }))
  await waitFor(() => expect(save).toHaveBeenCalledOnce())
  const [content, name] = save.mock.calls[0]!
  expect(await content.text()).toBe("[1]")
  expect(name).toMatch(/^audit-\d{4}-\d{2}-\d{2}\.ndjson$/)
  const asked = calls.find(({ path }) => path.startsWith("/audit/export"))!
  expect(asked.token).toBe("Bearer token")
  expect(asked.path).toBe("/audit/export?category=security&type=team.created&format=ndjson")
})

test("an export that is refused says why and saves nothing", async () => {
  const save = vi.spyOn(files, "saveFile")
  const refused = () => problem(422, "invalid-input", { detail: "since is out of range" })
  const { user } = show(<Log />, { routes: { ...pages, "GET /audit/export": refused }, as: {} })
  await user.click(screen.getByRole("button", { name: "Export" }))
  await user.click(await screen.findByRole("menuitem", { name: "CSV, for spreadsheets" }))
  expect(await screen.findByText("since is out of range")).toBeInTheDocument()
  expect(save).not.toHaveBeenCalled()
})

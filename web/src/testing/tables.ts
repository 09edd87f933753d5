import type { Board } from "@/lib/api/types"
import { keyOf, type Model, type Row } from "@/lib/sync/models"
import { begun, replaced, type Table, type Tables } from "@/lib/sync/slice"
import type { AppStore } from "@/lib/store"
import { makeCard, makeState } from "./factories"

export function tablesOf(rows: Partial<Record<Model, object[]>>): Tables {
  return Object.fromEntries(
    Object.entries(rows).map(([model, list = []]): [Model, Table] => {
      const entries = list.map((row): [string, Row] => [keyOf(model, row as Row), row as Row])
      return [model, { ids: entries.map(([id]) => id), entities: Object.fromEntries(entries) }]
    }),
  )
}

export const project = { id: "project", key: "WEB", name: "Website", status: "active", is_template: false, version: 1 }

/** `{ todo: ["a", "b"], done: [] }` as the rows of a project. */
export function boardTables(columns: Record<string, string[]>, more: Partial<Record<Model, object[]>> = {}): Tables {
  return tablesOf({
    project: [project],
    state: Object.keys(columns).map((key, position) => ({ ...makeState(key, { position }), project_id: "project" })),
    task: Object.entries(columns).flatMap(([status, ids]) => ids.map((id) => makeCard(id, { status }))),
    ...more,
  })
}

/** Puts rows into a store as if they had come from the server. */
export function fill(store: AppStore, tables: Tables, person = "ada"): void {
  store.dispatch(begun({ person }))
  store.dispatch(replaced({ tables, seq: 1 }))
}

export function layoutOf(board: Board | undefined): Record<string, string[]> {
  return Object.fromEntries((board?.columns ?? []).map(({ state, items }) => [state.key, items.map(({ id }) => id)]))
}

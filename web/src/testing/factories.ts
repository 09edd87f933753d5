import type { AuthResult, Board, BoardColumn, Card, State, User } from "@/lib/api/types"

const created_at = "2026-01-05T09:00:00Z"

export function makeUser(fields: Partial<User> = {}): User {
  return {
    id: "ada",
    email: "ada@example.org",
    first_name: "Ada",
    last_name: "Lovelace",
    role: "owner",
    role_id: null,
    is_active: true,
    time_zone: "UTC",
    locale: "en",
    working_hours: ["8", "8", "8", "8", "8", "0", "0"],
    avatar_url: null,
    invited_at: null,
    deactivated_at: null,
    last_login_at: null,
    created_at,
    updated_at: created_at,
    version: 1,
    ...fields,
  }
}

export function makeAuth(access_token: string, user: Partial<User> = {}): AuthResult {
  return {
    access_token,
    expires_in: 900,
    user: makeUser(user),
    workspace: { id: "acme", slug: "acme", name: "Acme", plan_type: "free", created_at },
  }
}

export function makeState(key: string, fields: Partial<State> = {}): State {
  return { id: `state-${key}`, key, name: key, category: "unstarted", color: "#808080", position: 0, version: 1, ...fields }
}

export function makeCard(id: string, fields: Partial<Card> = {}): Card {
  return {
    id,
    project_id: "project",
    number: 1,
    key: `WEB-${id}`,
    title: `Task ${id}`,
    description: null,
    status: "todo",
    priority: "medium",
    assignee_id: null,
    reporter_id: "ada",
    parent_id: null,
    milestone_id: null,
    start_date: null,
    due_date: null,
    estimated_hours: null,
    actual_hours: null,
    tags: [],
    position: id,
    version: 1,
    completed_at: null,
    archived_at: null,
    created_at,
    updated_at: created_at,
    comment_count: 0,
    checklist_total: 0,
    checklist_done: 0,
    ...fields,
  }
}

/** `{ todo: ["a", "b"], done: [] }` as a board. */
export function makeBoard(columns: Record<string, string[]>): Board {
  return {
    columns: Object.entries(columns).map(
      ([status, ids]): BoardColumn => ({
        state: makeState(status),
        count: ids.length,
        items: ids.map((id) => makeCard(id, { status })),
        next_cursor: null,
      }),
    ),
  }
}

"""What can be found, read from the tables themselves, for an index that stands elsewhere."""

from collections.abc import Sequence
from typing import Final, LiteralString
from uuid import UUID

from projectflow.core.db import Db
from projectflow.search.types import Entry, Kind

BODY: Final = 50_000
"""Characters of a text that count, as in `search_lexemes` of the migration."""
OF: Final[dict[Kind, LiteralString]] = {
    "project": """
        SELECT 'project', p.id, p.id, NULL::uuid,
               CASE WHEN p.deleted_at IS NOT NULL THEN 2
                    WHEN p.status = 'archived' THEN 1 ELSE 0 END,
               p.key || ' ' || p.name, left(coalesce(p.description, ''), 50000), p.created_at
        FROM projects p WHERE p.tenant_id = $1
    """,
    "task": """
        SELECT 'task', t.id, t.project_id, t.id, search_state(t.archived_at, t.deleted_at),
               t.title, left(coalesce(t.description, ''), 50000), t.created_at
        FROM tasks t WHERE t.tenant_id = $1
    """,
    "comment": """
        SELECT 'comment', c.id, t.project_id, t.id, search_state(t.archived_at, t.deleted_at),
               '', left(c.body, 50000), c.created_at
        FROM comments c JOIN tasks t ON t.tenant_id = $1 AND t.id = c.task_id
        WHERE c.tenant_id = $1 AND c.deleted_at IS NULL
    """,
    "attachment": """
        SELECT 'attachment', a.id, t.project_id, t.id, search_state(t.archived_at, t.deleted_at),
               a.name, '', a.created_at
        FROM attachments a JOIN tasks t ON t.tenant_id = $1 AND t.id = a.task_id
        WHERE a.tenant_id = $1 AND a.deleted_at IS NULL
    """,
}
"""Columns in the order of `Entry`."""
NAMED: Final[dict[Kind, LiteralString]] = {
    "project": " AND p.id = ANY ($2::uuid[])", "task": " AND t.id = ANY ($2::uuid[])",
    "comment": " AND c.id = ANY ($2::uuid[])", "attachment": " AND a.id = ANY ($2::uuid[])",
}  # fmt: skip
AFTER: Final[dict[Kind, LiteralString]] = {
    "project": " AND p.id > $2 ORDER BY p.id LIMIT $3",
    "task": " AND t.id > $2 ORDER BY t.id LIMIT $3",
    "comment": " AND c.id > $2 ORDER BY c.id LIMIT $3",
    "attachment": " AND a.id > $2 ORDER BY a.id LIMIT $3",
}


async def read_entries(db: Db, tenant_id: UUID, kind: Kind, ids: Sequence[UUID]) -> list[Entry]:
    """Those of these that exist."""
    rows = await db.fetch(OF[kind] + NAMED[kind], tenant_id, list(ids))
    return [Entry(*row) for row in rows]


async def read_page(db: Db, tenant_id: UUID, kind: Kind, after: UUID, most: int) -> list[Entry]:
    """The next entries of a kind, by id."""
    rows = await db.fetch(OF[kind] + AFTER[kind], tenant_id, after, most)
    return [Entry(*row) for row in rows]


async def read_of_task(
    db: Db, tenant_id: UUID, kind: Kind, task_ids: Sequence[UUID], after: UUID, most: int
) -> list[Entry]:
    """The next comments or attachments of tasks, by id."""
    rows = await db.fetch(
        OF[kind] + " AND t.id = ANY ($4::uuid[])" + AFTER[kind],
        tenant_id,
        after,
        most,
        list(task_ids),
    )
    return [Entry(*row) for row in rows]

"""A project as a board: one column a state of its workflow."""

from collections import defaultdict
from uuid import UUID

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.paging import encode_cursor
from projectflow.projects.access import require_project
from projectflow.projects.service import list_states
from projectflow.projects.types import State
from projectflow.tasks.listing import bind, where
from projectflow.tasks.service import VISIBLE
from projectflow.tasks.tallies import are_tallied, read_tallies
from projectflow.tasks.types import TASK_COLUMNS, Board, Card, Column, TaskFilters


async def read_board(
    db: Db, actor: Actor, project_id: UUID, filters: TaskFilters, *, limit: int
) -> Board:
    """All columns, each with its count and its first `limit` cards by rank.

    Raises:
        ProjectNotFound, Forbidden: the actor may not read this project's tasks.
    """
    actor.must_be_allowed("task", "read", "in_project")
    await require_project(db, actor, project_id)
    states = await list_states(db, actor, project_id)
    counts = await _count_by_status(db, actor, project_id, filters)
    cards = await _first_cards(db, actor, project_id, filters, limit)
    return Board([_column(state, counts, cards[state.key], limit) for state in states])


async def _count_by_status(
    db: Db, actor: Actor, project_id: UUID, filters: TaskFilters
) -> dict[str, int]:
    if are_tallied(filters):
        return await read_tallies(db, actor, project_id, filters)
    rows = await db.fetch(
        f"""
        SELECT t.status, count(*) AS tasks
        FROM projects p JOIN tasks t ON t.tenant_id = $1 AND t.project_id = p.id
        WHERE p.tenant_id = $1 AND p.id = $4 AND {VISIBLE} AND {where(filters)}
        GROUP BY t.status
        """,
        *bind(actor, project_id, filters),
    )
    return {row["status"]: row["tasks"] for row in rows}


async def _first_cards(
    db: Db, actor: Actor, project_id: UUID, filters: TaskFilters, limit: int
) -> dict[str, list[Card]]:
    rows = await db.fetch(
        f"""
        SELECT {TASK_COLUMNS},
            (SELECT count(*) FROM comments c
             WHERE c.tenant_id = $1 AND c.task_id = t.id AND c.deleted_at IS NULL),
            i.total, i.done
        FROM projects p
        JOIN workflow_states s ON s.tenant_id = $1 AND s.project_id = p.id
        CROSS JOIN LATERAL (
            SELECT * FROM tasks t
            WHERE {where(filters)} AND t.status = s.key ORDER BY t.position LIMIT $12
        ) t
        CROSS JOIN LATERAL (
            SELECT count(*) AS total, count(*) FILTER (WHERE is_done) AS done
            FROM checklist_items i WHERE i.tenant_id = $1 AND i.task_id = t.id
        ) i
        WHERE p.tenant_id = $1 AND p.id = $4 AND {VISIBLE}
        ORDER BY s.position, s.id, t.position
        """,
        *bind(actor, project_id, filters),
        limit + 1,
    )
    columns: dict[str, list[Card]] = defaultdict(list)
    for card in (Card(*row) for row in rows):
        columns[card.status].append(card)
    return columns


def _column(state: State, counts: dict[str, int], cards: list[Card], limit: int) -> Column:
    shown = cards[:limit]
    more = len(cards) > limit
    cursor = encode_cursor(shown[-1].position, shown[-1].id) if more else None
    return Column(state, counts.get(state.key, 0), shown, cursor)

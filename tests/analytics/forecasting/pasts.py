"""Workspaces that have finished something, as the feed would have left it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from tests.people import Person
from uuid_utils.compat import uuid7

Json = dict[str, Any]


async def finished(
    who: Person,
    made: Json,
    count: int,
    *,
    ratio: float = 1.0,
    spread: float = 0.0,
    until: datetime,
    user_id: UUID | None = None,
) -> None:
    """Tasks of eight hours each, one after the other, the last of them done `until`.

    Each took `ratio` of its estimate, or about so: with a log-normal `spread`.
    """
    dice = np.random.default_rng(9)
    rows: list[tuple[Any, ...]] = []
    for n in range(count):
        end = until - timedelta(days=count - n)
        hours = 8 * ratio * float(dice.lognormal(0, spread)) if spread else 8 * ratio
        rows.append((uuid7(), end - timedelta(hours=hours * 3), end))
    async with who.app.state.database.tenant(who.tenant_id) as db:
        await db.executemany(
            """
            INSERT INTO analytics_tasks
                (tenant_id, task_id, project_id, status, category, assignee_id, estimate, is_live,
                 created_at, started_at, completed_at, entered_at, touched_at, first_seq, seq)
            VALUES ($1, $2, $3, 'completed', 'completed', $4, 8, true, $5, $5, $6, $6, $6, 0, 0)
            """,
            [
                (who.tenant_id, task_id, UUID(made["id"]), user_id, start, end)
                for task_id, start, end in rows
            ],
        )


async def reviewed(
    who: Person, made: Json, by: UUID, *, work: timedelta, wait: timedelta, until: datetime
) -> None:
    """A task of somebody's that was worked on, then waited in review until `by` completed it."""
    task_id, begun = uuid7(), until - work - wait
    spans = (
        ("in_progress", "started", begun, begun + work, who.id),
        ("in_review", "started", begun + work, until, who.id),
        ("completed", "completed", until, None, by),
    )
    async with who.app.state.database.tenant(who.tenant_id) as db:
        await db.executemany(
            """
            INSERT INTO analytics_spans
                (tenant_id, task_id, place, project_id, status, category, assignee_id, starts_at,
                 ends_at, actor_id, seq, enters, completes, reopens, leaves, created_at, active_us)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, false, false, false, false, $8, 0)
            """,
            [
                (who.tenant_id, task_id, place, UUID(made["id"]), status, category, who.id,
                 starts, ends, actor)
                for place, (status, category, starts, ends, actor) in enumerate(spans)
            ],
        )  # fmt: skip

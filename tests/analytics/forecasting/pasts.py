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

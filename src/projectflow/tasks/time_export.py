"""A project's time as CSV, for a spreadsheet or an invoice."""

import csv
import io
from collections.abc import AsyncGenerator, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import asyncpg

from projectflow.audit.export import harmless
from projectflow.auth.types import Actor
from projectflow.core.db import Database, Db
from projectflow.tasks.time_reading import WITH_TASKS, bounds
from projectflow.tasks.time_types import TimeFilters

MAX_ENTRIES: Final = 100_000
BATCH: Final = 1_000
COLUMNS: Final = (
    "started_at", "stopped_at", "seconds", "hours", "person", "task", "title", "note", "billable",
    "entry_id", "user_id", "task_id",
)  # fmt: skip


async def exported(
    database: Database, actor: Actor, project_id: UUID, filters: TimeFilters
) -> AsyncGenerator[bytes]:
    """A project's entries, oldest first, at most 100,000, a batch at a time.

    The filters are those of `open_project`, which has checked the actor. No transaction is open
    while somebody slow takes a batch in. Hours have two decimals; whoever sums takes the seconds.
    """
    yield _csv([COLUMNS])
    since, left = bounds(filters)[0], MAX_ENTRIES
    after: tuple[datetime, UUID] = (since, UUID(int=0))
    while left > 0:
        limit = min(BATCH, left)
        async with database.tenant(
            actor.tenant_id, read_only=True, projects=actor.project_ids
        ) as db:
            rows = await _read(db, actor, project_id, filters, after, limit)
        if rows:
            yield _csv(map(_cells, rows))
        if len(rows) < limit:
            return
        left, after = left - limit, (rows[-1]["started_at"], rows[-1]["id"])


async def _read(
    db: Db,
    actor: Actor,
    project_id: UUID,
    filters: TimeFilters,
    after: tuple[datetime, UUID],
    limit: int,
) -> list[asyncpg.Record]:
    return await db.fetch(
        f"""
        SELECT e.id, e.started_at, e.stopped_at, e.user_id, e.task_id, e.note, e.is_billable,
               extract(epoch FROM e.stopped_at - e.started_at)::int AS seconds,
               p.key || '-' || t.number AS task_key, t.title,
               u.first_name || ' ' || u.last_name AS person
        FROM {WITH_TASKS} LEFT JOIN users u ON u.tenant_id = $1 AND u.id = e.user_id
        WHERE e.tenant_id = $1 AND e.project_id = $4 AND t.id IS NOT NULL
          AND ($5::uuid IS NULL OR e.user_id = $5) AND e.started_at < $6
          AND (e.started_at, e.id) > ($7::timestamptz, $8::uuid)
        ORDER BY e.started_at, e.id LIMIT $9
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        project_id,
        filters.user_id,
        bounds(filters)[1],
        *after,
        limit,
    )


def _csv(rows: Iterable[Iterable[Any]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _cells(row: asyncpg.Record) -> list[Any]:
    stopped_at, seconds = row["stopped_at"], row["seconds"]
    return [
        row["started_at"].isoformat(),
        stopped_at.isoformat() if stopped_at else "",
        seconds if stopped_at else "",
        (Decimal(seconds) / 3600).quantize(Decimal("0.01")) if stopped_at else "",
        harmless(row["person"]),
        row["task_key"],
        harmless(row["title"]),
        harmless(row["note"] or ""),
        "yes" if row["is_billable"] else "no",
        row["id"],
        row["user_id"],
        row["task_id"],
    ]

"""The worker's side of recurrence: tasks whose day begins, whether or not the last one is done."""

from typing import Final
from uuid import UUID

import structlog

from projectflow.core.db import Database, Db
from projectflow.tasks.occurrences import Series, lock_series, make_task

log = structlog.get_logger()
AT_ONCE: Final = 100
AFTER_FAILURE: Final = "1 hour"
WHILE_AWAY: Final = "1 day"


async def make_due_tasks(database: Database) -> int:
    """Make every task of a series whose day has begun; returns how many.

    Each is a transaction of its own with the series locked and its date a key, so that another
    worker, or this one after a crash, makes none twice. A series that fails waits an hour, so that
    it holds up nobody.
    """
    made = 0
    while True:
        async with database.without_tenant() as db:
            due = await db.fetch("SELECT tenant_id, series_id FROM find_due_series($1)", AT_ONCE)
        if not due:
            return made
        for tenant_id, series_id in due:
            made += await _make_one(database, tenant_id, series_id)


async def _make_one(database: Database, tenant_id: UUID, series_id: UUID) -> bool:
    try:
        async with database.tenant(tenant_id) as db:
            locked = await lock_series(db, tenant_id, series_ids=[series_id])
            day = locked[0].next_on if locked and await _is_due(db, tenant_id, series_id) else None
            if day is None:
                return False
            if not await _is_wanted(db, tenant_id, locked[0]):
                await _postpone(db, tenant_id, series_id, WHILE_AWAY)
                return False
            await make_task(db, tenant_id, None, locked[0], day)
            return True
    except Exception:
        log.exception("recurrence_failed", tenant=str(tenant_id), series=str(series_id))
        async with database.tenant(tenant_id) as db:
            await _postpone(db, tenant_id, series_id, AFTER_FAILURE)
        return False


async def _is_due(db: Db, tenant_id: UUID, series_id: UUID) -> bool:
    return await db.fetchval(
        "SELECT coalesce(next_at <= now(), false) FROM task_series"
        " WHERE tenant_id = $1 AND id = $2",
        tenant_id,
        series_id,
    )


async def _is_wanted(db: Db, tenant_id: UUID, series: Series) -> bool:
    """Nobody waits for tasks of a project that is in the trash or put away."""
    return await db.fetchval(
        """
        SELECT deleted_at IS NULL AND status <> 'archived' FROM projects
        WHERE tenant_id = $1 AND id = $2
        """,
        tenant_id,
        series.project_id,
    )


async def _postpone(db: Db, tenant_id: UUID, series_id: UUID, wait: str) -> None:
    await db.execute(
        """
        UPDATE task_series SET next_at = now() + $3::text::interval
        WHERE tenant_id = $1 AND id = $2 AND next_at IS NOT NULL
        """,
        tenant_id,
        series_id,
        wait,
    )

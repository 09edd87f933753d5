"""The worker's side of dates: says once that a task is due soon, and once that it is overdue.

What it says is an event of the task, `task.due_soon` or `task.overdue`, so that it reaches the
inbox, the mail and everything else as whatever happens does.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog

from projectflow.core.db import Database, Db
from projectflow.core.events import Change, record_all
from projectflow.notifications.hours import notice_of
from projectflow.tasks.query.properties import OPEN

REACH: Final = timedelta(days=3)
"""Around now. What is overdue for longer is news to nobody."""
BATCH: Final = 500
log = structlog.get_logger()


async def tell_of_dates(database: Database, now: datetime | None = None) -> int:
    """Tell the assignee, else the reporter, of each task whose date is near or just past.

    Gives how many it told. A workspace that fails is left to the next time.
    """
    told, moment, after = 0, now or datetime.now(UTC), UUID(int=0)
    while True:
        async with database.without_tenant() as db:
            rows = await db.fetch(
                "SELECT list_tenants_with_due_tasks($1, $2, $3) AS id",
                after,
                moment - REACH,
                moment + REACH,
            )
        if not rows:
            return told
        for row in rows:
            try:
                told += await tell_in(database, row["id"], moment)
            except Exception:
                log.exception("dates_not_told", tenant=str(row["id"]))
        after = rows[-1]["id"]


async def tell_in(database: Database, tenant_id: UUID, now: datetime) -> int:
    """The same in one workspace, in transactions of 500 tasks."""
    told = 0
    after: tuple[datetime, UUID] = (now - REACH, UUID(int=0))
    while True:
        async with database.tenant(tenant_id) as db:
            rows = await db.fetch(
                f"""
                SELECT t.due_date, t.id, t.project_id, t.version, u.id AS user_id, u.time_zone
                FROM tasks t
                JOIN users u ON u.tenant_id = $1 AND u.id = coalesce(t.assignee_id, t.reporter_id)
                JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id
                WHERE t.tenant_id = $1 AND t.due_date < $2 AND (t.due_date, t.id) > ($3, $4)
                  AND t.due_date >= $3 AND t.completed_at IS NULL AND t.deleted_at IS NULL
                  AND t.archived_at IS NULL AND p.deleted_at IS NULL AND p.status <> 'archived'
                  AND {OPEN}
                ORDER BY t.due_date, t.id LIMIT $5
                """,
                tenant_id,
                now + REACH,
                *after,
                BATCH,
            )
            notices = [
                (row["id"], kind, row["due_date"], row)
                for row in rows
                if (kind := notice_of(row["due_date"], ZoneInfo(row["time_zone"]), now))
            ]
            if notices:
                told += await _tell(db, tenant_id, notices)
        if len(rows) < BATCH:
            return told
        after = (rows[-1]["due_date"], rows[-1]["id"])


async def _tell(db: Db, tenant_id: UUID, notices: list[tuple[UUID, str, datetime, Any]]) -> int:
    new = await db.fetch(
        """
        INSERT INTO due_notices (tenant_id, task_id, kind, due_date)
        SELECT $1, n.task_id, n.kind, n.due_date
        FROM unnest($2::uuid[], $3::text[], $4::timestamptz[]) AS n (task_id, kind, due_date)
        ORDER BY n.task_id ON CONFLICT DO NOTHING RETURNING task_id, kind
        """,
        tenant_id,
        [task_id for task_id, _, _, _ in notices],
        [kind for _, kind, _, _ in notices],
        [due for _, _, due, _ in notices],
    )
    first_time = set(map(tuple, new))
    changes = [
        Change(
            f"task.{kind}",
            "task",
            task_id,
            row["version"],
            {"user_id": row["user_id"], "due_date": due},
            row["project_id"],
        )
        for task_id, kind, due, row in notices
        if (task_id, kind) in first_time
    ]
    if changes:
        await record_all(db, tenant_id, None, changes)
    return len(changes)

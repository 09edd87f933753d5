"""Deleting for good: what is in the trash goes with all that hangs on it, files too.

The worker does it with what has been there for longer than the setting `trash_days`; people who may
delete tasks can do it before.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from projectflow.auth.types import Actor
from projectflow.core.db import Database, Db
from projectflow.core.events import Change, begin_batch, record_all
from projectflow.core.problems import InvalidInput
from projectflow.tasks.attachment_work import forget_files
from projectflow.tasks.service import TaskNotFound
from projectflow.tasks.trash import hold_to_restore

BATCH: Final = 500


async def delete_for_good(db: Db, actor: Actor, task_id: UUID, *, confirmed: bool) -> None:
    """Delete a task that is in the trash, with what went there with it. Nothing brings it back.

    Raises:
        TaskNotFound: it is not in the trash, or the actor may not see it.
        Forbidden: the actor may not delete it.
        InvalidInput: it was not confirmed.
    """
    held = await hold_to_restore(db, actor, [task_id])
    if task_id not in {each.task.id for each in held}:
        raise TaskNotFound
    for each in held:
        each.must_be_allowed(actor, "delete")
    if not confirmed:
        raise InvalidInput.of("confirm", "must be true: nothing brings the task back")
    await delete_tasks(db, actor.tenant_id, actor.user_id, [each.task.id for each in held])


async def empty_trash(database: Database, days: int) -> int:
    """Delete for good what has been in its workspace's trash for longer; returns how many tasks.

    In steps of 500, each a transaction of its own, so that nobody waits long.
    """
    deleted, after = 0, UUID(int=0)
    while True:
        async with database.without_tenant() as db:
            rows = await db.fetch("SELECT list_tenants($1) AS id", after)
        if not rows:
            return deleted
        for row in rows:
            while step := await _empty(database, row["id"], days):
                deleted += step
        after = rows[-1]["id"]


async def _empty(database: Database, tenant_id: UUID, days: int) -> int:
    async with database.tenant(tenant_id) as db:
        rows = await db.fetch(
            """
            SELECT id FROM tasks
            WHERE tenant_id = $1 AND deleted_at < now() - make_interval(days => $2)
            ORDER BY deleted_at LIMIT $3 FOR UPDATE
            """,
            tenant_id,
            days,
            BATCH,
        )
        if rows:
            await delete_tasks(db, tenant_id, None, [row["id"] for row in rows])
    return len(rows)


async def delete_tasks(
    db: Db, tenant_id: UUID, actor_id: UUID | None, task_ids: Sequence[UUID]
) -> None:
    """Delete tasks for good; time, comments, steps and attachments go with them by foreign keys."""
    files = await db.fetch(
        """
        SELECT object_key, size_bytes, preview FROM attachments
        WHERE tenant_id = $1 AND task_id = ANY ($2::uuid[]) AND object_key IS NOT NULL
        """,
        tenant_id,
        task_ids,
    )
    left = await db.fetch(
        """
        WITH left_behind AS (
            SELECT id, parent_id FROM tasks
            WHERE tenant_id = $1 AND parent_id = ANY ($2::uuid[]) AND id <> ALL ($2)
            FOR NO KEY UPDATE
        )
        UPDATE tasks t SET parent_id = NULL, version = version + 1, updated_at = now()
        FROM left_behind l WHERE t.tenant_id = $1 AND t.id = l.id
        RETURNING t.id, t.project_id, t.version, l.parent_id
        """,
        tenant_id,
        task_ids,
    )
    gone = await db.fetch(
        """
        WITH gone AS (
            DELETE FROM tasks WHERE tenant_id = $1 AND id = ANY ($2::uuid[])
            RETURNING id, project_id, number, title, version
        )
        SELECT gone.*, p.key || '-' || gone.number AS key
        FROM gone JOIN projects p ON p.tenant_id = $1 AND p.id = gone.project_id
        """,
        tenant_id,
        task_ids,
    )
    await forget_files(db, tenant_id, files)
    if len(gone) > 1:
        await begin_batch(db)
    orphaned = [
        Change(
            "task.updated",
            "task",
            row["id"],
            row["version"],
            {"before": {"parent_id": row["parent_id"]}, "after": {"parent_id": None}},
            row["project_id"],
        )
        for row in left
    ]
    changes = [
        Change(
            "task.purged",
            "task",
            row["id"],
            row["version"] + 1,
            {"before": {"key": row["key"], "title": row["title"]}},
            row["project_id"],
        )
        for row in gone
    ]
    await record_all(db, tenant_id, actor_id, [*orphaned, *changes])

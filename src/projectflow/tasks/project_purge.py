"""Deleting projects for good that have been in the trash for long enough, as purge.py does tasks.

In steps, each a transaction of its own: a large project takes longer than a statement may.
"""

from typing import Final
from uuid import UUID

from projectflow.core.db import Database
from projectflow.core.events import Change, record
from projectflow.tasks.purge import delete_tasks

BATCH: Final = 500


async def empty_project_trash(database: Database, days: int) -> int:
    """Delete for good what has been in its workspace's trash for longer; returns how many projects.

    One whose deletion broke off is taken up again.
    """
    deleted, after = 0, UUID(int=0)
    while True:
        async with database.without_tenant() as db:
            rows = await db.fetch("SELECT list_tenants($1) AS id", after)
        if not rows:
            return deleted
        for row in rows:
            while (project_id := await _next(database, row["id"], days)) is not None:
                while await _delete_some(database, row["id"], project_id):
                    pass
                await _finish(database, row["id"], project_id)
                deleted += 1
        after = rows[-1]["id"]


async def _next(database: Database, tenant_id: UUID, days: int) -> UUID | None:
    """The project that is longest in the trash; from now on nobody brings it back."""
    async with database.tenant(tenant_id) as db:
        return await db.fetchval(
            """
            UPDATE projects p SET purged_at = coalesce(p.purged_at, now())
            WHERE p.tenant_id = $1 AND p.id = (
                SELECT id FROM projects
                WHERE tenant_id = $1 AND deleted_at < now() - make_interval(days => $2)
                ORDER BY deleted_at, id LIMIT 1 FOR UPDATE)
            RETURNING p.id
            """,
            tenant_id,
            days,
        )


async def _delete_some(database: Database, tenant_id: UUID, project_id: UUID) -> bool:
    """Some tasks, sub-tasks mostly before what they are part of; whether there were any."""
    async with database.tenant(tenant_id) as db:
        rows = await db.fetch(
            """
            SELECT id FROM (
                SELECT id FROM tasks WHERE tenant_id = $1 AND project_id = $2
                ORDER BY number DESC LIMIT $3
            ) last ORDER BY id
            """,
            tenant_id,
            project_id,
            BATCH,
        )
        if rows:
            await delete_tasks(db, tenant_id, None, [row["id"] for row in rows])
    return bool(rows)


async def _finish(database: Database, tenant_id: UUID, project_id: UUID) -> None:
    """The project itself, with its people, workflow, milestones, fields and baselines."""
    async with database.tenant(tenant_id) as db:
        # What an import told of it stays.
        await db.execute(
            "UPDATE imports SET project_id = NULL WHERE tenant_id = $1 AND project_id = $2",
            tenant_id,
            project_id,
        )
        row = await db.fetchrow(
            "DELETE FROM projects WHERE tenant_id = $1 AND id = $2 RETURNING key, name, version",
            tenant_id,
            project_id,
        )
        if row is None:
            return
        await db.execute(
            "DELETE FROM task_tallies WHERE tenant_id = $1 AND project_id = $2",
            tenant_id,
            project_id,
        )
        change = Change(
            "project.purged",
            "project",
            project_id,
            row["version"] + 1,
            {"before": {"key": row["key"], "name": row["name"]}},
            project_id,
        )
        await record(db, tenant_id, None, change)

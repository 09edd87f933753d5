"""What the worker does for attachments: sweeping up, and deleting for good."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import asyncpg

from projectflow.core.db import Database, Db
from projectflow.core.events import Change, record
from projectflow.core.files import FileJob, Files, delete_later
from projectflow.core.jobs import enqueue
from projectflow.tasks.attachment_types import AttachmentJob
from projectflow.tasks.attachments import LATE, PURGE_JOB
from projectflow.tasks.downloads import preview_of


async def sweep_upload(database: Database, files: Files, job: FileJob) -> None:
    """Delete what was uploaded an hour ago and is in no task's list: its request broke off."""
    async with database.tenant(job.tenant_id, read_only=True) as db:
        listed: bool = await db.fetchval(
            "SELECT EXISTS (SELECT FROM attachments WHERE tenant_id = $1 AND object_key = $2)",
            job.tenant_id,
            job.name,
        )
    if not listed:
        await files.delete(job.tenant_id, job.name)


async def purge_attachment(database: Database, job: AttachmentJob, ttl: int) -> None:
    """Delete an attachment for good that was deleted `ttl` seconds ago, and then its file.

    One that was brought back stays; one that was deleted again meanwhile waits for its time.
    """
    async with database.tenant(job.tenant_id) as db:
        left: timedelta | None = await db.fetchval(
            """
            SELECT deleted_at + $3::interval - now() FROM attachments
            WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NOT NULL FOR UPDATE
            """,
            job.tenant_id,
            job.attachment_id,
            timedelta(seconds=ttl),
        )
        if left is None:
            return
        if left > timedelta(0):
            await enqueue(db, PURGE_JOB, job, after=left + LATE)
            return
        row = await db.fetchrow(
            """
            DELETE FROM attachments a USING tasks t
            WHERE a.tenant_id = $1 AND a.id = $2 AND t.tenant_id = $1 AND t.id = a.task_id
            RETURNING a.object_key, a.size_bytes, a.preview, a.task_id, t.project_id, a.version
            """,
            job.tenant_id,
            job.attachment_id,
        )
        if row is None:
            return
        await forget_files(db, job.tenant_id, [row])
        change = Change(
            "attachment.purged",
            "attachment",
            job.attachment_id,
            row["version"],
            payload={"task_id": row["task_id"]},
            project_id=row["project_id"],
        )
        await record(db, job.tenant_id, None, change)


async def forget_files(db: Db, tenant_id: UUID, rows: Sequence[asyncpg.Record]) -> None:
    """Have the objects of attachments deleted whose rows are gone, and give their space back.

    Rows have `object_key`, `size_bytes` and `preview`; those of links have no object. An object
    that another row has too, as in a copied project, stays for that one.
    """
    files = [row for row in rows if row["object_key"] is not None]
    if not files:
        return
    await db.execute(
        "UPDATE storage_usage SET used_bytes = greatest(0, used_bytes - $2) WHERE tenant_id = $1",
        tenant_id,
        sum(row["size_bytes"] for row in files),
    )
    # The row above is locked to the end: nobody takes or gives up a file meanwhile.
    kept = await db.fetch(
        "SELECT object_key FROM attachments WHERE tenant_id = $1 AND object_key = ANY ($2::text[])",
        tenant_id,
        [row["object_key"] for row in files],
    )
    elsewhere = {row["object_key"] for row in kept}
    for row in {row["object_key"]: row for row in files}.values():
        if row["object_key"] in elsewhere:
            continue
        await delete_later(db, tenant_id, row["object_key"])
        if row["preview"] is not None:
            await delete_later(db, tenant_id, preview_of(row["object_key"]))

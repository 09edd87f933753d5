"""Uploads: a file on its way from a body to the store, and into the list of a task."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import IO, Final
from uuid import UUID

import anyio
from litestar.exceptions import InternalServerException
from msgspec import Struct
from uuid_utils.compat import uuid7

from projectflow.auth.types import Actor
from projectflow.core.db import Database, Db, only
from projectflow.core.files import FileJob, Files
from projectflow.core.http import TooLarge
from projectflow.core.jobs import enqueue
from projectflow.core.problems import InvalidInput, MalformedRequest, Problem
from projectflow.core.settings import Settings
from projectflow.core.storage import StorageFull, take_room
from projectflow.tasks.attachment_types import ATTACHMENT_COLUMNS, AttachmentJob, StoredAttachment
from projectflow.tasks.attachments import check_room, log, must_be_allowed_to_attach
from projectflow.tasks.file_names import clean_name, content_disposition
from projectflow.tasks.file_types import PICTURES, SHOWN, decide_type
from projectflow.tasks.service import lock_task, read_task

SWEEP_JOB: Final = "sweep_upload"
PREVIEW_JOB: Final = "make_preview"
SWEEP_AFTER: Final = timedelta(hours=1)
"""By then what was uploaded is in a task's list, or never will be."""
IN_MEMORY: Final = 1024 * 1024
"""Bytes of an upload that are kept in memory; the rest waits in a temporary file."""
SLOWEST: Final = 1800.0
"""Seconds that a body may take to arrive."""


class TooSlow(Problem):
    """The body took too long to arrive."""

    status = 408


class Upload(Struct, frozen=True):
    """What is said of a file before it comes."""

    name: str
    content_type: str
    announced: int | None
    """Its length in bytes, where the request says it."""
    id: UUID


class Received(Struct, frozen=True):
    """A file that has come whole."""

    file: IO[bytes]
    size: int
    sha256: bytes


async def attach_file(
    database: Database,
    files: Files,
    settings: Settings,
    actor: Actor,
    task_id: UUID,
    upload: Upload,
    chunks: AsyncIterator[bytes],
) -> StoredAttachment:
    """Attach a file to a task.

    The body is taken in, then stored, then listed: at any end before that, nothing is listed, and
    what was stored is swept away by a job that was asked for first.

    Raises:
        TaskNotFound: it does not exist, or the actor may not see it.
        Forbidden: the actor may not comment on it, which is what attaching takes.
        TooLarge, TooSlow, MalformedRequest: as for `receive`.
        InvalidInput: it is empty, is not of the type that is claimed, or the task has 500 already.
        StorageFull: the workspace's quota does not hold it.
        AttachmentExists: the client's id was used before.
    """
    if upload.announced is not None and upload.announced > settings.attachment_max_bytes:
        raise _too_large(settings.attachment_max_bytes)
    tenant, within = actor.tenant_id, actor.project_ids
    async with database.tenant(tenant, read_only=True, projects=within) as db:
        await _check(db, actor, task_id, upload.announced or 0, settings.workspace_storage)
    async with receive(chunks, upload.announced, settings.attachment_max_bytes) as received:
        kind = await anyio.to_thread.run_sync(decide_type, upload.content_type, received.file)
        stored = f"attachments/{uuid7()}"
        async with database.tenant(tenant, projects=within) as db:
            await enqueue(db, SWEEP_JOB, FileJob(tenant, stored), after=SWEEP_AFTER)
        name = clean_name(upload.name)
        headers = {
            "Content-Type": kind,
            "Content-Disposition": content_disposition(name, inline=kind in SHOWN),
        }
        received.file.seek(0)
        await files.put_file(tenant, stored, received.file, headers)
        async with database.tenant(tenant, projects=within) as db:
            row = (upload.id, name, stored, kind)
            return await _save(db, actor, task_id, row, received, settings.workspace_storage)


async def _check(db: Db, actor: Actor, task_id: UUID, size: int, quota: int) -> None:
    """Refuse early what would be refused in the end: before the body is read."""
    task = await read_task(db, actor, task_id)
    await must_be_allowed_to_attach(db, actor, task)
    await check_room(db, actor, task_id)
    used: int | None = await db.fetchval(
        "SELECT used_bytes FROM storage_usage WHERE tenant_id = $1", actor.tenant_id
    )
    if (used or 0) + max(size, 1) > quota:
        raise StorageFull


@asynccontextmanager
async def receive(
    chunks: AsyncIterator[bytes], announced: int | None, longest: int
) -> AsyncGenerator[Received]:
    """Take a body in, into memory up to 1 MB and a temporary file from there.

    Args:
        chunks: the body as it arrives.
        announced: the length that the request says.
        longest: in bytes.

    Raises:
        TooLarge: it goes on past `longest`; the rest is not read.
        TooSlow: it took longer than half an hour.
        MalformedRequest: it ended before the length that was announced.
        InvalidInput: it is empty.
    """
    size, digest = 0, hashlib.sha256()
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        waiting = bytearray()
        try:
            async with asyncio.timeout(SLOWEST):
                async for chunk in chunks:
                    size += len(chunk)
                    if size > longest:
                        raise _too_large(longest)
                    digest.update(chunk)
                    waiting += chunk
                    if len(waiting) >= IN_MEMORY:
                        await anyio.to_thread.run_sync(file.write, bytes(waiting))
                        waiting.clear()
        except InternalServerException:  # what Litestar says of somebody who hung up
            raise MalformedRequest("The connection ended before the body.") from None
        except TimeoutError:
            raise TooSlow from None
        if announced is not None and size != announced:
            raise MalformedRequest("The body has another length than Content-Length says.")
        if not size:
            raise InvalidInput.of("body", "is empty")
        await anyio.to_thread.run_sync(file.write, bytes(waiting))
        yield Received(file, size, digest.digest())


def _too_large(longest: int) -> TooLarge:
    return TooLarge(f"The file is larger than {longest / 1024 / 1024:g} MB.")


async def _save(
    db: Db,
    actor: Actor,
    task_id: UUID,
    row: tuple[UUID, str, str, str],
    received: Received,
    quota: int,
) -> StoredAttachment:
    task = await lock_task(db, actor, task_id)
    await must_be_allowed_to_attach(db, actor, task)
    await check_room(db, actor, task_id)
    attachment_id, name, stored, kind = row
    pictured = kind in PICTURES
    inserted = await db.fetchrow(
        f"""
        INSERT INTO attachments AS a (tenant_id, id, task_id, uploader_id, name, uploaded_name,
                                      object_key, content_type, size_bytes, sha256, preview)
        VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9, $10) RETURNING {ATTACHMENT_COLUMNS}
        """,
        actor.tenant_id,
        attachment_id,
        task_id,
        actor.user_id,
        name,
        stored,
        kind,
        received.size,
        received.sha256,
        "pending" if pictured else None,
    )
    attached = StoredAttachment(*only(inserted))
    await take_room(db, actor.tenant_id, received.size, quota)
    if pictured:
        await enqueue(db, PREVIEW_JOB, AttachmentJob(actor.tenant_id, attachment_id))
    await log(db, actor, task, attached, "attachment.created", {"after": attached})
    return attached

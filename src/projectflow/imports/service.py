"""Asking for an import, and looking how it goes."""

from collections.abc import AsyncIterator
from typing import Any, Final
from uuid import UUID

import anyio
import asyncpg
import msgspec
from msgspec import Struct
from uuid_utils.compat import uuid7

from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.events import Change, record, to_json
from projectflow.core.files import Files
from projectflow.core.http import TooLarge
from projectflow.core.jobs import enqueue
from projectflow.core.paging import Page, decode_cursor, encode_cursor, page_of
from projectflow.core.problems import NotFound
from projectflow.imports.formats import ImportOptions, read
from projectflow.imports.types import (
    IMPORT_COLUMNS,
    Import,
    ImportJob,
    ImportReport,
    Progress,
    Source,
)
from projectflow.projects.membership import must_be_allowed_in
from projectflow.projects.service import read_visible

IMPORT_JOB: Final = "import_file"


class ImportNotFound(NotFound):
    """There is no such import."""


class Upload(Struct, frozen=True):
    """A file that has been received, and of which a reader knows what it holds."""

    source: Source
    content: bytes
    file_name: str
    options: ImportOptions
    tasks: int


async def receive(chunks: AsyncIterator[bytes], longest: int) -> bytes:
    """Take an upload in, and stop as soon as it is larger than `longest` bytes.

    Raises:
        TooLarge: it is.
    """
    content = bytearray()
    async for chunk in chunks:
        content += chunk
        if len(content) > longest:
            raise TooLarge(f"The file is larger than {longest // 1024 // 1024} MB.")
    return bytes(content)


async def examine(source: Source, content: bytes, options: ImportOptions, file_name: str) -> Upload:
    """See that a file is what it is said to be, before anything is kept.

    Raises:
        InvalidInput: the file is something else, broken or cut off.
    """
    incoming = await anyio.to_thread.run_sync(read, source, content, options, file_name)
    return Upload(source, content, file_name, options, len(incoming.tasks))


async def request_import(db: Db, actor: Actor, files: Files, upload: Upload) -> Import:
    """Keep a file, and have the worker bring it in.

    Raises:
        Forbidden: the role may not import, or not into this project.
        ProjectNotFound: the project that it is to come into does not exist, or is not to be seen.
    """
    actor.must_be_allowed("import", "create")
    into = upload.options.project_id
    if into is not None:
        await read_visible(db, actor, into)
        await must_be_allowed_in(db, actor, into, "project", "update")
    import_id = uuid7()
    await files.put(actor.tenant_id, stored_name(import_id), upload.content)
    row = await db.fetchrow(
        f"""
        INSERT INTO imports AS i (tenant_id, id, source, file_name, requested_by, progress_total,
                                  options)
        VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING {IMPORT_COLUMNS}
        """,
        actor.tenant_id,
        import_id,
        upload.source,
        upload.file_name or upload.source,
        actor.user_id,
        upload.tasks,
        to_json(upload.options),
    )
    await enqueue(db, IMPORT_JOB, ImportJob(actor.tenant_id, import_id))
    requested = Change("import.requested", "import", import_id, payload={"source": upload.source})
    await record(db, actor.tenant_id, actor.user_id, requested)
    return _import_of(only(row))


def stored_name(import_id: UUID) -> str:
    """Under which name an uploaded file is kept until it is imported."""
    return f"imports/{import_id}"


async def read_import(db: Db, actor: Actor, import_id: UUID) -> Import:
    """One import; those who run all imports see each other's, a manager their own.

    Raises:
        ImportNotFound: it does not exist, or is somebody else's.
    """
    actor.must_be_allowed("import", "read")
    row = await db.fetchrow(
        f"""
        SELECT {IMPORT_COLUMNS} FROM imports i
        WHERE i.tenant_id = $1 AND i.id = $2 AND ($3 OR i.requested_by = $4)
        """,
        actor.tenant_id,
        import_id,
        actor.sees_all_projects,
        actor.user_id,
    )
    if row is None:
        raise ImportNotFound
    return _import_of(row)


async def list_imports(db: Db, actor: Actor, *, limit: int, cursor: str | None) -> Page[Import]:
    """The imports that the actor may see, newest first."""
    actor.must_be_allowed("import", "read")
    before = decode_cursor(cursor, tuple[UUID])
    rows = await db.fetch(
        f"""
        SELECT {IMPORT_COLUMNS} FROM imports i
        WHERE i.tenant_id = $1 AND ($2 OR i.requested_by = $3) AND ($4::uuid IS NULL OR i.id < $4)
        ORDER BY i.id DESC LIMIT $5
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        before[0] if before else None,
        limit + 1,
    )
    imports = [_import_of(row) for row in rows]
    return page_of(imports, limit, lambda i: encode_cursor(i.id))


def _import_of(row: asyncpg.Record) -> Import:
    values: dict[str, Any] = dict(row)
    progress = Progress(
        values.pop("progress_done"), values.pop("progress_total"), values.pop("progress_phase")
    )
    text = values.pop("report")
    report = msgspec.json.decode(text, type=ImportReport) if text else None
    return Import(**values, progress=progress, report=report)

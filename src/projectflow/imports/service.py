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
from projectflow.core.events import Change, record
from projectflow.core.files import Files
from projectflow.core.http import TooLarge
from projectflow.core.jobs import enqueue
from projectflow.core.paging import Page, decode_cursor, encode_cursor, page_of
from projectflow.core.problems import NotFound
from projectflow.imports.trello import TrelloBoard, parse_board
from projectflow.imports.types import IMPORT_COLUMNS, Import, ImportJob, ImportReport, Progress

TRELLO_JOB: Final = "import_trello"


class ImportNotFound(NotFound):
    """There is no such import."""


class Upload(Struct, frozen=True):
    """A Trello export that has been received and read."""

    content: bytes
    file_name: str
    board: TrelloBoard


async def receive(chunks: AsyncIterator[bytes], file_name: str, longest: int) -> Upload:
    """Take an upload in, stop as soon as it is too large, and see that it is a board.

    Args:
        chunks: the body as it arrives.
        file_name: what the person calls the file.
        longest: in bytes.

    Raises:
        TooLarge: it is larger than that.
        NotATrelloBoard: the file is something else, broken or cut off.
    """
    content = bytearray()
    async for chunk in chunks:
        content += chunk
        if len(content) > longest:
            raise TooLarge(f"The file is larger than {longest // 1024 // 1024} MB.")
    board = await anyio.to_thread.run_sync(parse_board, bytes(content))
    return Upload(bytes(content), file_name, board)


async def request_trello_import(db: Db, actor: Actor, files: Files, upload: Upload) -> Import:
    """Keep an export, and have the worker bring it in.

    Raises:
        Forbidden: the role may not import.
    """
    actor.must_be_allowed("import", "create")
    import_id = uuid7()
    await files.put(actor.tenant_id, stored_name(import_id), upload.content)
    row = await db.fetchrow(
        f"""
        INSERT INTO imports AS i (tenant_id, id, source, file_name, requested_by, progress_total)
        VALUES ($1, $2, 'trello', $3, $4, $5) RETURNING {IMPORT_COLUMNS}
        """,
        actor.tenant_id,
        import_id,
        upload.file_name or "board.json",
        actor.user_id,
        len(upload.board.cards),
    )
    await enqueue(db, TRELLO_JOB, ImportJob(actor.tenant_id, import_id))
    requested = Change("import.requested", "import", import_id, payload={"source": "trello"})
    await record(db, actor.tenant_id, actor.user_id, requested)
    return _import_of(only(row))


def stored_name(import_id: UUID) -> str:
    """Under which name an uploaded file is kept until it is imported."""
    return f"imports/{import_id}.json"


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

"""Asking for an export, looking how it goes, and taking the file away."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec
from uuid_utils.compat import uuid7

from projectflow.auth.permissions import CONDITIONS_OF, Resource
from projectflow.auth.types import Actor
from projectflow.core.db import Database, Db, only
from projectflow.core.events import Change, record
from projectflow.core.files import Files, delete_later
from projectflow.core.jobs import enqueue
from projectflow.core.paging import Page, decode_cursor, encode_cursor, page_of
from projectflow.core.problems import Conflict, NotFound
from projectflow.exports.types import EXPORT_COLUMNS, Export, ExportJob
from projectflow.imports.types import Progress
from projectflow.projects.membership import must_be_allowed_in
from projectflow.projects.service import read_visible

EXPORT_JOB: Final = "make_export"
EXPIRE_JOB: Final = "delete_export"
KEPT_FOR: Final = timedelta(days=7)
MAX_KEPT: Final = 50
"""Exports of a workspace that are under way or kept at a time."""


IN_A_PROJECT: Final[tuple[Resource, ...]] = ("task", "comment", "time_entry")
"""What a project's export is full of, beside people's names."""


class ExportNotFound(NotFound):
    """There is no such export."""


class ExportNotReady(Conflict):
    """This export has no file: it is under way, has failed, or was deleted after a week."""


class TooManyExports(Conflict):
    """A workspace keeps 50 exports at a time: delete some first."""


async def request_project_export(db: Db, actor: Actor, project_id: UUID) -> Export:
    """Have the worker write a project out.

    Raises:
        ProjectNotFound: it does not exist, or the actor may not see it.
        Forbidden: the actor may not read all of it.
        TooManyExports: 50 are kept.
    """
    await must_be_allowed(db, actor, project_id)
    return await _request(db, actor, project_id)


async def request_workspace_export(db: Db, actor: Actor) -> Export:
    """Have the worker write the whole workspace out.

    Raises:
        Forbidden: only an owner may.
        TooManyExports: 50 are kept.
    """
    await must_be_allowed(db, actor, None)
    return await _request(db, actor, None)


async def must_be_allowed(db: Db, actor: Actor, project_id: UUID | None) -> None:
    """Refuse unless the actor may take this out: all of it is theirs to read.

    A custom role, or an API key, can be allowed to export and not to read something; then an export
    would show it to them.

    Raises:
        ProjectNotFound: it does not exist, or the actor may not see it.
        Forbidden: the actor may not export, or not read what is in it.
    """
    if project_id is None:
        actor.must_be_allowed("workspace_export", "create")
        for resource, action in CONDITIONS_OF:
            if action == "read":
                actor.must_be_allowed(resource, action)
        return
    await read_visible(db, actor, project_id)
    await must_be_allowed_in(db, actor, project_id, "export", "create")
    for resource in IN_A_PROJECT:
        await must_be_allowed_in(db, actor, project_id, resource, "read")
    actor.must_be_allowed("user", "read")


async def _request(db: Db, actor: Actor, project_id: UUID | None) -> Export:
    await db.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('exports of ' || $1::text, 0))",
        str(actor.tenant_id),
    )
    kept: int = await db.fetchval(
        """
        SELECT count(*) FROM exports
        WHERE tenant_id = $1 AND status IN ('queued', 'running', 'succeeded')
        """,
        actor.tenant_id,
    )
    if kept >= MAX_KEPT:
        raise TooManyExports
    export_id = uuid7()
    row = await db.fetchrow(
        f"""
        INSERT INTO exports AS e (tenant_id, id, project_id, requested_by)
        VALUES ($1, $2, $3, $4) RETURNING {EXPORT_COLUMNS}
        """,
        actor.tenant_id,
        export_id,
        project_id,
        actor.user_id,
    )
    await enqueue(db, EXPORT_JOB, ExportJob(actor.tenant_id, export_id))
    await _record(db, actor, "export.requested", export_id, project_id)
    return _export_of(only(row))


def stored_name(export_id: UUID) -> str:
    """Under which name an export's file is kept."""
    return f"exports/{export_id}.zip"


async def read_export(db: Db, actor: Actor, export_id: UUID) -> Export:
    """One export: one's own; an owner sees everybody's.

    Raises:
        ExportNotFound: it does not exist, or is somebody else's.
    """
    row = await db.fetchrow(
        f"""
        SELECT {EXPORT_COLUMNS} FROM exports e
        WHERE e.tenant_id = $1 AND e.id = $2 AND ($3 OR e.requested_by = $4)
        """,
        actor.tenant_id,
        export_id,
        _sees_all(actor),
        actor.user_id,
    )
    if row is None:
        raise ExportNotFound
    return _export_of(row)


async def list_exports(db: Db, actor: Actor, *, limit: int, cursor: str | None) -> Page[Export]:
    """The exports that the actor may see, newest first."""
    before = decode_cursor(cursor, tuple[UUID])
    rows = await db.fetch(
        f"""
        SELECT {EXPORT_COLUMNS} FROM exports e
        WHERE e.tenant_id = $1 AND ($2 OR e.requested_by = $3) AND ($4::uuid IS NULL OR e.id < $4)
        ORDER BY e.id DESC LIMIT $5
        """,
        actor.tenant_id,
        _sees_all(actor),
        actor.user_id,
        before[0] if before else None,
        limit + 1,
    )
    return page_of([_export_of(row) for row in rows], limit, lambda e: encode_cursor(e.id))


async def open_file(database: Database, files: Files, actor: Actor, export_id: UUID) -> "Download":
    """An export's file, for somebody who may still make such an export. That is an event too.

    Raises:
        ExportNotFound, ProjectNotFound: it, or its project, is not there or not to be seen.
        Forbidden: the actor may not make such an export any more.
        ExportNotReady: it has no file, or none any more.
    """
    async with database.tenant(actor.tenant_id, projects=actor.project_ids) as db:
        export = await read_export(db, actor, export_id)
        await must_be_allowed(db, actor, export.project_id)
        if export.status != "succeeded" or export.size_bytes is None:
            raise ExportNotReady
        await _record(db, actor, "export.downloaded", export_id, export.project_id)
    try:
        pieces = await files.stream(actor.tenant_id, stored_name(export_id), 0, export.size_bytes)
    except FileNotFoundError:
        raise ExportNotReady from None
    return Download(pieces, export)


class Download(msgspec.Struct, frozen=True):
    """A file on its way out."""

    pieces: AsyncIterator[bytes]
    export: Export

    @property
    def file_name(self) -> str:
        """What a browser calls it."""
        kind = "project" if self.export.project_id else "workspace"
        return f"{kind}-export-{self.export.created_at:%Y-%m-%d}.zip"


async def delete_export(db: Db, actor: Actor, export_id: UUID) -> None:
    """Take an export and its file away; one that is under way comes to nothing.

    Raises:
        ExportNotFound: it does not exist, or is somebody else's.
    """
    export = await read_export(db, actor, export_id)
    await db.execute(
        "DELETE FROM exports WHERE tenant_id = $1 AND id = $2", actor.tenant_id, export_id
    )
    await delete_later(db, actor.tenant_id, stored_name(export_id))
    await _record(db, actor, "export.deleted", export_id, export.project_id)


def _sees_all(actor: Actor) -> bool:
    return actor.may_always("workspace_export", "create")


async def _record(
    db: Db, actor: Actor, event: str, export_id: UUID, project_id: UUID | None
) -> None:
    payload = {"after": {"kind": "project" if project_id else "workspace"}}
    change = Change(event, "export", export_id, payload=payload, project_id=project_id)
    await record(db, actor.tenant_id, actor.user_id, change)


def _export_of(row: asyncpg.Record) -> Export:
    values: dict[str, Any] = dict(row)
    progress = Progress(
        values.pop("progress_done"), values.pop("progress_total"), values.pop("progress_phase")
    )
    counts = msgspec.json.decode(values.pop("counts"), type=dict[str, int])
    return Export(**values, counts=counts, progress=progress)

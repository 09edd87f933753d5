"""Bringing a whole workspace in, as a new one: everything keeps its id."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from uuid_utils.compat import uuid7

from projectflow.core.db import Database, Db
from projectflow.core.events import Change, record
from projectflow.core.files import Files
from projectflow.core.problems import Conflict
from projectflow.exports.bringing_in import (
    FilesIn,
    batches,
    bring_in_table,
    decoded,
    insert,
    raw,
)
from projectflow.exports.reading import Archive, NotAnExport, Rows
from projectflow.exports.tables import TABLES, Table
from projectflow.exports.types import Manifest
from projectflow.exports.writing import is_null
from projectflow.users.avatars import NAME


class SlugTaken(Conflict):
    """A workspace with this address exists."""


async def bring_in_workspace(
    database: Database, files: Files, path: Path, slug: str, tell: Callable[[str], object]
) -> tuple[UUID, Manifest]:
    """Make a workspace of an export, under an address of its own.

    Nobody can sign in with the password they had: an export holds none. Whoever is active asks for
    a new one by mail.

    Raises:
        NotAnExport: it is no export of a workspace, or is damaged.
        SlugTaken: there is a workspace with this address.
    """
    tenant_id = uuid7()
    with Archive(path, "workspace") as archive:
        async with database.without_tenant() as db:
            if await db.fetchrow("SELECT id FROM find_workspace($1)", slug) is not None:
                raise SlugTaken
        stored = FilesIn(files, tenant_id, archive)
        try:
            async with database.tenant(tenant_id) as db:
                for table in TABLES:
                    tell(table.name)
                    await _bring_in(db, tenant_id, archive, table, slug, stored)
                counts = dict(archive.manifest.tables)
                payload = {"after": {"slug": slug, "counts": counts}}
                change = Change("workspace.imported", "workspace", tenant_id, payload=payload)
                await record(db, tenant_id, None, change)
        except BaseException:
            await stored.take_back()
            raise
        return tenant_id, archive.manifest


async def _bring_in(
    db: Db, tenant_id: UUID, archive: Archive, table: Table, slug: str, stored: FilesIn
) -> None:
    if table.name == "attachments":
        await _bring_in_attachments(db, tenant_id, archive, table, stored)
        return

    def changed(row: Rows) -> Rows:
        if table.name == "tenants":
            return {**row, "id": raw(tenant_id), "subdomain": raw(slug)}
        return row

    written = await bring_in_table(db, tenant_id, archive, table, changed)
    if table.name in {"tenants", "event_counters"} and written != 1:
        raise NotAnExport("The export is damaged: it does not hold one workspace.")
    if table.name == "users":
        async for batch in batches(archive, table):
            for row in batch:
                if not is_null(row["avatar"]):
                    picture = str(decoded(row, "avatar", str))
                    if not NAME.fullmatch(picture):
                        raise NotAnExport("The export is damaged: a picture has no name.")
                    await stored.avatar(picture)


async def _bring_in_attachments(
    db: Db, tenant_id: UUID, archive: Archive, table: Table, stored: FilesIn
) -> None:
    """Files get a name by their row; a row whose file is not in the export stays without one."""
    tenant = raw(tenant_id)
    async for batch in batches(archive, table):
        rows: list[Rows] = []
        for row in batch:
            new = {**row, "tenant_id": tenant}
            if not is_null(row["object_key"]):
                attachment_id: UUID = decoded(row, "id", UUID)
                kept = f"attachments/{attachment_id}"
                await stored.attachment(attachment_id, kept)
                new["object_key"] = raw(kept)
            rows.append(new)
        await insert(db, table, rows)

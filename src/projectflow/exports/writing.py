"""Writing an export: each table as JSON lines, then the files, in one ZIP (docs/exports.md)."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Final
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import anyio
import asyncpg
import msgspec
from msgspec import Raw, Struct

from projectflow import __version__
from projectflow.core.db import Database, Db, only
from projectflow.core.files import Files
from projectflow.exports.catalog import TABLES
from projectflow.exports.tables import PageSql, Table, page_sql
from projectflow.exports.types import (
    FORMAT,
    MANIFEST,
    PEOPLE,
    VERSION,
    Extent,
    Manifest,
    Named,
    Person,
    Written,
)
from projectflow.users.avatars import avatar_file

PAGE: Final = 500
"""Rows in memory at a time."""
NULL: Final = Raw(b"null")
ANY_ID: Final = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""An id within a text, as PostgreSQL and msgspec write it."""
Tell = Callable[[int, int, str], Awaitable[None]]
"""Takes how many steps are done, of how many, and the name of the one that comes."""


class StoredFile(Struct, frozen=True):
    """A file that goes with a row: its name here, in the export, and its bytes where known."""

    stored_as: str
    member: str
    size: int | None = None


async def write_archive(
    database: Database, files: Files, extent: Extent, path: Path, tell: Tell
) -> Manifest:
    """Write an export to a new file. All rows are of one moment; the files are read after it.

    Raises:
        LookupError: the workspace or the project is not there any more.
    """
    with ZipFile(path, "w", ZIP_DEFLATED) as archive, TemporaryFile() as to:
        writing = _Writing(archive, extent, to)
        tables = [t for t in TABLES if extent.project_id is None or t.of_project is not None]
        async with database.tenant(extent.tenant_id, read_only=True, snapshot=True) as db:
            workspace, project = await _named(db, extent)
            for done, table in enumerate(tables):
                await tell(done, len(tables) + 1, table.name)
                await writing.write_table(db, table)
            if extent.project_id is not None:
                await writing.write_people(db)
        await tell(len(tables), len(tables) + 1, "files")
        await writing.write_files(files)
        manifest = Manifest(
            FORMAT,
            VERSION,
            extent.kind,
            datetime.now(UTC),
            __version__,
            workspace,
            project,
            writing.written.tables,
            writing.written.files,
            writing.written.missing_files,
        )
        archive.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
    return manifest


async def _named(db: Db, extent: Extent) -> tuple[Named, Named | None]:
    row = await db.fetchrow(
        "SELECT id, subdomain, name FROM tenants WHERE id = $1", extent.tenant_id
    )
    workspace = Named(*only(row))
    if extent.project_id is None:
        return workspace, None
    row = await db.fetchrow(
        """
        SELECT id, key, name FROM projects
        WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL
        """,
        extent.tenant_id,
        extent.project_id,
    )
    return workspace, Named(*only(row))


class _Writing:
    def __init__(self, archive: ZipFile, extent: Extent, files: IO[bytes]) -> None:
        self.written = Written()
        self._archive = archive
        self._extent = extent
        self._people: set[UUID] = set()
        self._files = files
        """Which files follow, a line each: there can be more than fit into memory."""

    async def write_table(self, db: Db, table: Table) -> None:
        in_project = self._extent.project_id is not None
        rows = table.of_project if in_project else table.of_workspace
        if rows is None:
            return
        count = 0
        with self._archive.open(f"data/{table.name}.jsonl", "w", force_zip64=True) as member:
            async for page in self._pages(db, page_sql(rows, in_project=in_project)):
                lines = b"".join([self._line(table, row["row"]) for row in page])
                await anyio.to_thread.run_sync(member.write, lines)
                count += len(page)
        self.written.tables[table.name] = count

    async def _pages(self, db: Db, sql: PageSql) -> AsyncIterator[list[asyncpg.Record]]:
        fixed: list[Any] = [self._extent.tenant_id, PAGE]
        if self._extent.project_id is not None:
            fixed.append(self._extent.project_id)
        page = await db.fetch(sql.first, *fixed)
        while page:
            yield page
            if len(page) < PAGE:
                return
            page = await db.fetch(sql.following, *fixed, *tuple(page[-1])[:-1])

    def _line(self, table: Table, text: str) -> bytes:
        """One row as it is kept; what it names and has files of is noted."""
        row = msgspec.json.decode(text, type=dict[str, Raw])
        row.pop("tenant_id", None)
        for column in table.without:
            row.pop(column)
        if not self._extent.with_costs:
            row.update(dict.fromkeys(table.of_money, NULL))
        if self._extent.project_id is not None:
            self._note_people(table, row)
        stored = _file_of(table.name, row)
        if stored is not None:
            self._files.write(msgspec.json.encode(stored) + b"\n")
        return msgspec.json.encode(row) + b"\n"

    def _note_people(self, table: Table, row: dict[str, Raw]) -> None:
        for column, names in table.ids.items():
            if names == "person" and not is_null(row[column]):
                self._people.add(msgspec.json.decode(row[column], type=UUID))
        for column in table.documents:
            # What is nobody's falls out when they are looked up.
            self._people.update(UUID(found.decode()) for found in ANY_ID.findall(row[column]))

    async def write_people(self, db: Db) -> None:
        rows = await db.fetch(
            """
            SELECT id, email, first_name, last_name FROM users
            WHERE tenant_id = $1 AND id = ANY ($2) ORDER BY id
            """,
            self._extent.tenant_id,
            list(self._people),
        )
        people = [Person(*row) for row in rows]
        self._archive.writestr(PEOPLE, msgspec.json.Encoder().encode_lines(people))
        self.written.tables["people"] = len(people)

    async def write_files(self, files: Files) -> None:
        self._files.seek(0)
        for line in self._files:
            stored = msgspec.json.decode(line, type=StoredFile)
            try:
                await self._write_file(files, stored)
            except FileNotFoundError:
                self.written.missing_files += 1
            else:
                self.written.files += 1

    async def _write_file(self, files: Files, stored: StoredFile) -> None:
        tenant_id = self._extent.tenant_id
        # Pictures are packed already. The name is asked for first: no member without content.
        info = ZipInfo(stored.member, datetime.now(UTC).timetuple()[:6])
        info.compress_type = ZIP_STORED
        if not stored.size:
            content = await files.get(tenant_id, stored.stored_as)
            await anyio.to_thread.run_sync(self._archive.writestr, info, content)
            return
        pieces = await files.stream(tenant_id, stored.stored_as, 0, stored.size)
        with self._archive.open(info, "w", force_zip64=True) as member:
            async for piece in pieces:
                await anyio.to_thread.run_sync(member.write, piece)


def _file_of(table: str, row: dict[str, Raw]) -> StoredFile | None:
    """The file that goes with a row."""
    if table == "attachments" and not is_null(row["object_key"]):
        name: str = msgspec.json.decode(row["object_key"])
        attachment: str = msgspec.json.decode(row["id"])
        size: int | None = msgspec.json.decode(row["size_bytes"])
        return StoredFile(name, attachment_member(attachment), size)
    if table == "users" and not is_null(row["avatar"]):
        picture: str = msgspec.json.decode(row["avatar"])
        return StoredFile(avatar_file(picture), avatar_member(picture))
    return None


def is_null(value: Raw) -> bool:
    """Whether a column holds nothing."""
    return bytes(value) == b"null"


def attachment_member(attachment_id: str) -> str:
    """Where an export keeps a task's file."""
    return f"files/attachments/{attachment_id}"


def avatar_member(name: str) -> str:
    """Where an export keeps a person's picture."""
    return f"files/avatars/{name}"

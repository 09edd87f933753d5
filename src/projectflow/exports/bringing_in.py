"""Writing an export's rows into a workspace: a project among others, or all into an empty one."""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, Final, LiteralString
from uuid import UUID, uuid5

import anyio
import asyncpg
import msgspec
from msgspec import Raw, Struct

from projectflow.core.db import Db
from projectflow.core.files import Files
from projectflow.core.problems import InvalidInput, problem_of_database_error
from projectflow.exports.reading import UNDECODABLE, Archive, NotAnExport, Rows
from projectflow.exports.tables import Table
from projectflow.exports.writing import ANY_ID, NULL, avatar_member, is_null
from projectflow.users.avatars import avatar_file

MENTIONED: Final = re.compile(rb"(user:)(" + ANY_ID.pattern + rb")", re.IGNORECASE)
"""Somebody in a Markdown text (tasks/mentions.py)."""


class Renaming(Struct, frozen=True):
    """What the ids of an export become: each its own new one, the same on every try."""

    namespace: UUID
    people: dict[UUID, UUID]
    known: dict[UUID, UUID]
    """What is not made anew, but meant to be something that is here already."""

    def row(self, table: Table, row: Rows) -> Rows:
        """A row with the ids that it gets here.

        Raises:
            NotAnExport: a column that must name something does not.
        """
        renamed = dict(row)
        for column, names in table.ids.items():
            if column not in renamed or is_null(renamed[column]):
                continue
            try:
                old = msgspec.json.decode(renamed[column], type=UUID)
            except UNDECODABLE as error:
                raise NotAnExport(
                    f"The export is damaged: {table.name}.{column} holds no id."
                ) from error
            new = self.people.get(old) if names == "person" else self.thing(old)
            renamed[column] = raw(new)
        for column in table.documents:
            if column in renamed:
                renamed[column] = Raw(ANY_ID.sub(self._in_document, renamed[column]))
        for column in table.texts:
            if column in renamed:
                renamed[column] = Raw(MENTIONED.sub(self._in_text, renamed[column]))
        return renamed

    def _in_document(self, found: re.Match[bytes]) -> bytes:
        old = UUID(found[0].decode())
        return str(self.people.get(old) or self.thing(old)).encode()

    def _in_text(self, found: re.Match[bytes]) -> bytes:
        old = UUID(found[2].decode())
        return found[1] + str(self.people.get(old, old)).encode()

    def thing(self, old: UUID) -> UUID:
        """The id here of anything but a person."""
        return self.known.get(old) or uuid5(self.namespace, old.hex)


def raw(value: Any) -> Raw:
    """A value as it stands in a row."""
    return Raw(msgspec.json.encode(value))


def decoded(row: Rows, column: str, shape: type[Any]) -> Any:
    """What a column holds.

    Raises:
        NotAnExport: it is missing, or something else.
    """
    try:
        return msgspec.json.decode(row[column], type=shape)
    except (KeyError, *UNDECODABLE) as error:
        raise NotAnExport(f"The export is damaged: {column} cannot be read.") from error


def check(table: Table, row: Rows) -> None:
    """See that what the database cannot check can be read again.

    Raises:
        NotAnExport: it cannot; names the column.
    """
    for column, read in table.documents.items():
        if column in row:
            try:
                read(bytes(row[column]))
            except (*UNDECODABLE, InvalidInput, ValueError, OverflowError) as error:
                raise NotAnExport(
                    f"The export is damaged: {table.name}.{column} cannot be read."
                ) from error
    if table.check is not None:
        try:
            table.check({column: msgspec.json.decode(value) for column, value in row.items()})
        except (
            *UNDECODABLE,
            InvalidInput,
            KeyError,
            TypeError,
            AttributeError,
            ValueError,
        ) as error:
            raise NotAnExport(
                f"The export is damaged: a row of {table.name} cannot be read."
            ) from error


async def batches(archive: Archive, table: Table) -> AsyncIterator[list[Rows]]:
    """A table's rows; unpacking does not stop the event loop."""
    source: Iterator[list[Rows]] = archive.batches(table.name)
    while (batch := await anyio.to_thread.run_sync(next, source, None)) is not None:
        yield batch


async def bring_in_table(
    db: Db,
    tenant_id: UUID,
    archive: Archive,
    table: Table,
    change: Callable[[Rows], Rows | None],
) -> int:
    """Write a table's rows, changed by `change`, which may leave some out; gives how many.

    Raises:
        NotAnExport: what is in it does not fit together.
    """
    written = 0
    tenant = raw(tenant_id)
    given = {column: raw(value) for column, value in table.given.items()}
    async for batch in batches(archive, table):
        rows = [row for row in map(change, batch) if row is not None]
        for row in rows:
            check(table, row)
        later = dict.fromkeys(table.at_the_end, NULL)
        whole: list[Rows] = [{**row, **given, **later} for row in rows]
        if table.name != "tenants":
            whole = [{**row, "tenant_id": tenant} for row in whole]
        written += await insert(db, table, whole)
    for column in table.at_the_end:
        await _set_later(db, tenant_id, archive, table, column, change)
    return written


async def insert(db: Db, table: Table, rows: list[Rows]) -> int:
    """Write rows as they are.

    Raises:
        NotAnExport: what is in them does not fit together.
    """
    if not rows:
        return 0
    try:
        return await db.fetchval(
            "SELECT insert_exported($1::text::regclass, $2::jsonb, $3)",
            table.name,
            msgspec.json.encode(rows).decode(),
            table.skip_known,
        )
    except (UnicodeDecodeError, asyncpg.ProgramLimitExceededError) as error:
        raise NotAnExport(f"The export's {table.name} hold what cannot be stored.") from error
    except (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError) as error:
        problem = problem_of_database_error(error)
        detail = problem.detail if problem else "a value cannot be stored"
        raise NotAnExport(f"The export's {table.name} do not fit: {detail}") from error
    except asyncpg.UndefinedColumnError as error:
        raise NotAnExport(f"The export is of another version: {error}.") from error


async def _set_later(
    db: Db,
    tenant_id: UUID,
    archive: Archive,
    table: Table,
    column: LiteralString,
    change: Callable[[Rows], Rows | None],
) -> None:
    """Fill in what names rows of the same table; what names none of them stays empty."""
    name = table.name
    async for batch in batches(archive, table):
        rows = [row for row in map(change, batch) if row is not None and not is_null(row[column])]
        if rows:
            await db.execute(
                f"""
                UPDATE {name} t SET {column} = n.value
                FROM unnest($2::uuid[], $3::uuid[]) AS n (id, value)
                WHERE t.tenant_id = $1 AND t.id = n.id
                  AND EXISTS (SELECT FROM {name} o WHERE o.tenant_id = $1 AND o.id = n.value)
                """,
                tenant_id,
                [decoded(row, "id", UUID) for row in rows],
                [decoded(row, column, UUID) for row in rows],
            )


class FilesIn:
    """The files that come with rows, and how to take them away again."""

    def __init__(self, files: Files, tenant_id: UUID, archive: Archive) -> None:
        """Nothing is stored yet."""
        self.stored: list[str] = []
        self._files = files
        self._tenant_id = tenant_id
        self._archive = archive

    async def avatar(self, picture: str) -> None:
        """Store a person's picture, where the export holds it."""
        if self._archive.size_of(avatar_member(picture)) is not None:
            await self.store(avatar_member(picture), avatar_file(picture), {})

    async def store(self, member: str, name: str, headers: dict[str, str]) -> None:
        """Store a file of the export under a name.

        Raises:
            NotAnExport: it cannot be read.
        """
        self.stored.append(name)
        with self._archive.open(member) as file:
            try:
                await self._files.put_file(self._tenant_id, name, file, headers)
            except (OSError, ValueError) as error:
                raise NotAnExport(f"The export is damaged: {member} cannot be read.") from error

    async def take_back(self) -> None:
        """Delete what was stored: the rows did not come in after all."""
        for name in self.stored:
            await self._files.delete(self._tenant_id, name)

"""`projectflow search rebuild`: all that can be found, written anew."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec
from msgspec import Struct

from projectflow.core.db import Database, connect
from projectflow.core.settings import Settings
from projectflow.embedded.refusal import Refusal
from projectflow.search.engines import open_index
from projectflow.search.index import IndexAway
from projectflow.search.types import Engine, Progress

NOTES: Final = "search-rebuild.json"


class Rebuilt(Struct, frozen=True):
    """What a rebuild did."""

    engine: Engine
    tenants: int
    entries: int


class _Note(Struct, frozen=True):
    engine: Engine
    progress: Progress


async def rebuild_search(
    settings: Settings, *, tenant: str | None, again: bool, say: Callable[[str], None]
) -> Rebuilt:
    """Rebuild the index of all workspaces in the order of their ids, or of one.

    How far it has come is noted in the home after each step: the next run goes on there, unless
    it is told to begin `again`.

    Raises:
        Refusal: there is no such workspace, or the engine does not answer.
        OSError, asyncpg.PostgresError: the database cannot be reached.
    """
    notes = settings.home / NOTES
    index = open_index(settings)
    database = await connect(settings)
    tenants = entries = 0
    try:
        begun = None if tenant or again else _read(notes, index.engine)
        if begun is not None:
            say(f"going on in workspace {begun.tenant_id}; --again begins at the first")
        only = await _named(database, tenant) if tenant else None
        first = begun.tenant_id if begun else UUID(int=0)
        async for tenant_id in _one(only) if only else _tenants(database, first):
            written = 0
            async for progress in index.rebuild(database, tenant_id, begun):
                written = progress.written
                say(f"workspace {tenant_id}: {written} entries")
                if only is None:
                    notes.write_bytes(msgspec.json.encode(_Note(index.engine, progress)))
            tenants, entries, begun = tenants + 1, entries + written, None
        if tenant is None:
            await index.open()
    except IndexAway as error:
        raise Refusal(f"Elasticsearch does not answer: {error}") from error
    finally:
        await index.close()
        await database.close()
    if only is None:
        notes.unlink(missing_ok=True)
    return Rebuilt(index.engine, tenants, entries)


def _read(notes: Path, engine: Engine) -> Progress | None:
    """Where a run of the same engine was cut off."""
    try:
        note = msgspec.json.decode(notes.read_bytes(), type=_Note)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return note.progress if note.engine == engine else None


async def _named(database: Database, tenant: str) -> UUID:
    """The workspace of an id or an address."""
    try:
        return UUID(tenant)
    except ValueError:
        async with database.without_tenant() as db:
            found: UUID | None = await db.fetchval("SELECT id FROM find_workspace($1)", tenant)
    if found is None:
        raise Refusal(f"there is no workspace {tenant}")
    return found


async def _one(tenant_id: UUID) -> AsyncIterator[UUID]:
    yield tenant_id


async def _tenants(database: Database, first: UUID) -> AsyncIterator[UUID]:
    """All workspaces from `first` on."""
    after = UUID(int=max(first.int - 1, 0))
    while True:
        async with database.without_tenant() as db:
            rows = await db.fetch("SELECT list_tenants($1) AS id", after)
        for row in rows:
            yield row["id"]
        if not rows:
            return
        after = rows[-1]["id"]

"""PostgreSQL's index: a table that triggers keep, so there is nothing to wait for."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from projectflow.core.db import Database, Db
from projectflow.core.problems import InvalidInput
from projectflow.search.types import Engine, Entry, Hit, Name, Progress, Question

Place = tuple[int, float, datetime, UUID]
"""Tier, closeness, when it was made, id: see `find_entries` in the migration."""


class PostgresIndex:
    """The table `search_entries`, always of the same moment as what it speaks of."""

    engine: Engine = "postgresql"

    async def search(self, db: Db, question: Question) -> list[Hit]:
        """As `SearchIndex.search`."""
        rows = await db.fetch(
            """
            SELECT f.kind, f.id, f.tier, f.closeness, f.created_at
            FROM find_entries($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) f
            """,
            question.text,
            list(question.kinds),
            question.seen,
            question.listed,
            question.archived,
            question.most,
            *self._after(question),
        )
        return [
            Hit(kind, entry_id, (tier, closeness, created_at, entry_id))
            for kind, entry_id, tier, closeness, created_at in rows
        ]

    def _after(self, question: Question) -> Place | tuple[None, None, None, None]:
        if question.after is None:
            return (None, None, None, None)
        try:
            place = msgspec.convert(question.after, Place)
        except msgspec.ValidationError:
            raise InvalidInput.of("cursor", "is not one that this search gave out") from None
        if not 1 <= place[0] <= 3 or place[2].tzinfo is None or not 0 <= place[1] <= 1:
            raise InvalidInput.of("cursor", "is not one that this search gave out")
        return place

    async def index(self, tenant_id: UUID, entries: Sequence[Entry], version: int) -> None:
        """Nothing is left to do: the triggers did it with the change itself."""

    async def delete(self, tenant_id: UUID, names: Sequence[Name], version: int) -> None:
        """As `index`."""

    async def rebuild(
        self, database: Database, tenant_id: UUID, begun: Progress | None
    ) -> AsyncIterator[Progress]:
        """Make all entries of a tenant anew, in one statement: it is whole, or as it was."""
        del begun
        async with database.tenant(tenant_id) as db:
            await db.execute("SELECT rebuild_entries($1)", tenant_id)
            written = await db.fetchval(
                "SELECT count(*) FROM search_entries WHERE tenant_id = $1", tenant_id
            )
        yield Progress(tenant_id, 0, "attachment", UUID(int=0), written)

    async def open(self) -> None:
        """It always answers."""

    async def close(self) -> None:
        """Nothing is open."""

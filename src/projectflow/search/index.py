"""The one interface behind which the search's engines stand."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol
from uuid import UUID

from projectflow.core.db import Database, Db
from projectflow.search.types import Engine, Entry, Hit, Name, Progress, Question


class IndexAway(Exception):
    """The engine does not answer, or not in time."""


class IndexRefusal(Exception):
    """The engine will never take what it was given: a mistake of ours."""


class SearchIndex(Protocol):
    """Finds what matches and keeps what can be found.

    Each call names its tenant, and reaches nothing of another.
    """

    engine: Engine

    async def search(self, db: Db, question: Question) -> list[Hit]:
        """The best hits after `question.after`, at most `question.most`.

        Raises:
            IndexAway: see there.
            InvalidInput: `question.after` is not a place that this index gave.
        """
        ...

    async def index(self, tenant_id: UUID, entries: Sequence[Entry], version: int) -> None:
        """Keep entries as they were at event number `version`; older ones do not replace newer.

        Raises:
            IndexAway: see there.
        """
        ...

    async def delete(self, tenant_id: UUID, names: Sequence[Name], version: int) -> None:
        """Forget entries.

        Raises:
            IndexAway: see there.
        """
        ...

    def rebuild(
        self, database: Database, tenant_id: UUID, begun: Progress | None
    ) -> AsyncIterator[Progress]:
        """Make all that a tenant has anew, in steps; `begun` is the last one of an earlier try.

        Raises:
            IndexAway: see there.
        """
        ...

    async def open(self) -> None:
        """Answer questions from now on: every tenant has been rebuilt. Until then it is away.

        Raises:
            IndexAway: see there.
        """
        ...

    async def close(self) -> None:
        """Close what is open."""
        ...

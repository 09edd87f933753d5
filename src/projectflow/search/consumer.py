"""Keeps an index outside of the database up to date by the event log.

An event says what to look at again; what is written is what the tables say now. So events may
come twice, and an index that was away catches up in the same way.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar, cast
from uuid import UUID

from projectflow.core.consumers import Consumer, Event, Later
from projectflow.core.db import Db
from projectflow.search.entries import read_entries, read_of_task
from projectflow.search.index import IndexAway, SearchIndex
from projectflow.search.types import KINDS, Kind, Name

T = TypeVar("T")
BATCH: Final = 200
CARRIED: Final = frozenset({"project_id", "archived_at", "deleted_at"})
"""What a task's comments and attachments have from it."""
CARRYING: Final = frozenset({"task.deleted", "task.restored"})


def search_consumer(index: SearchIndex) -> Consumer:
    """What follows the log for an index outside of the database; PostgreSQL's needs none.

    It begins with what happens from now on: the rest is `projectflow search rebuild`'s to write.
    """
    return Consumer(
        name="search",
        consume=SearchConsumer(index).apply,
        types=tuple(f"{kind}.*" for kind in KINDS),
        start="present",
    )


class SearchConsumer:
    """Takes a tenant's events in their order."""

    def __init__(self, index: SearchIndex) -> None:
        """The index to keep; PostgreSQL's needs none of this."""
        self._index = index

    async def apply(self, db: Db, tenant_id: UUID, events: Sequence[Event]) -> None:
        """Write anew all that these events speak of. `db` is a transaction of the tenant.

        Raises:
            Later: the index does not answer.
        """
        if not events:
            return
        try:
            await self._renew_all(db, tenant_id, events)
        except IndexAway as error:
            raise Later(str(error)) from error

    async def _renew_all(self, db: Db, tenant_id: UUID, events: Sequence[Event]) -> None:
        version = max(event.seq for event in events)
        for kind in KINDS:
            ids = {e.entity_id for e in events if e.entity_type == kind}
            for some in _batches(sorted(ids), BATCH):
                await self._renew(db, tenant_id, kind, some, version)
        tasks = sorted({e.entity_id for e in events if e.entity_type == "task" and _carries(e)})
        for some in _batches(tasks, BATCH):
            await self._renew_what_hangs_on(db, tenant_id, some, version)

    async def _renew(
        self, db: Db, tenant_id: UUID, kind: Kind, ids: Sequence[UUID], version: int
    ) -> None:
        entries = await read_entries(db, tenant_id, kind, ids)
        there = {entry.id for entry in entries}
        gone = [Name(kind, each) for each in ids if each not in there]
        await self._index.index(tenant_id, entries, version)
        await self._index.delete(tenant_id, gone, version)

    async def _renew_what_hangs_on(
        self, db: Db, tenant_id: UUID, task_ids: Sequence[UUID], version: int
    ) -> None:
        kinds: tuple[Kind, ...] = ("comment", "attachment")
        for kind in kinds:
            after = UUID(int=0)
            while entries := await read_of_task(db, tenant_id, kind, task_ids, after, BATCH):
                await self._index.index(tenant_id, entries, version)
                after = entries[-1].id


def _carries(event: Event) -> bool:
    """Whether what hangs on the task is concerned."""
    if event.type in CARRYING:
        return True
    changed = event.read().get("before")
    return isinstance(changed, Mapping) and not CARRIED.isdisjoint(
        cast("Mapping[str, Any]", changed)
    )


def _batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]

"""Keeping ClickHouse's copy of the facts: what changed, from PostgreSQL's rows as they are now."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

import asyncpg
import structlog

from projectflow.analytics.clickhouse_client import AnalyticsAway, ClickHouse
from projectflow.analytics.clickhouse_schema import (
    BLOCKED,
    COMPLETIONS,
    FACTS,
    FLOW,
    POSITIONS,
    REMOVED,
    TASKS,
    TIME,
    USAGE,
    Table,
)
from projectflow.analytics.copying import Changed
from projectflow.analytics.facts import MICROSECOND
from projectflow.core.db import Db
from projectflow.tasks.schedule.calendars import EPOCH_UTC

AT_ONCE: Final = 20_000
"""Rows an insert, when all are written."""
MOST_BETWEEN: Final = 200_000
"""Events of a workspace that is written as a whole between two of them; a longer log needs the
time of a rebuild."""
Row = tuple[Any, ...]
log = structlog.get_logger()


class ClickHouseCopies:
    """Writes rows under the lock of the workspace's position, so that versions follow each other.

    A version is PostgreSQL's clock: it goes on after a backup is restored, where a counter of the
    database would begin again below what is already in ClickHouse.
    """

    def __init__(self, clickhouse: ClickHouse) -> None:
        """Tables are made by the first write."""
        self._clickhouse = clickhouse
        self._has_tables = False

    async def copy(self, db: Db, tenant_id: UUID, changed: Changed, begun: int) -> None:
        """Write what changed; all, where the log was counted up to `begun` and nothing is here."""
        async with self._made():
            if begun and await read_position(self._clickhouse, tenant_id) is None:
                if begun > MOST_BETWEEN:
                    log.warning("clickhouse_needs_a_rebuild", tenant=str(tenant_id))
                    raise AnalyticsAway("The numbers of this workspace are still being prepared.")
                await self._write_all(db, tenant_id)
            else:
                await self._write_changes(db, tenant_id, changed)

    async def renew(self, db: Db, tenant_id: UUID) -> None:
        """Write all of a workspace, and take away what is no longer."""
        async with self._made():
            await self._write_all(db, tenant_id)

    async def close(self) -> None:
        """Close the connections."""
        await self._clickhouse.close()

    @asynccontextmanager
    async def _made(self) -> AsyncGenerator[None]:
        """Make the tables where there are none."""
        try:
            if not self._has_tables:
                for table in (*FACTS, POSITIONS):
                    await self._clickhouse.execute(table.made())
                self._has_tables = True
            yield
        except AnalyticsAway:
            self._has_tables = False  # it may come back empty
            raise

    async def _write_changes(self, db: Db, tenant_id: UUID, changed: Changed) -> None:
        version = await _version(db)
        written = [
            (table, await _records(db, tenant_id, version, table, arguments, old))
            for table, arguments, old in _asked(changed)
        ]
        await asyncio.gather(*(
            self._write(table, records, together=True) for table, records in written
        ))  # fmt: skip
        await self._put_position(db, tenant_id, version)

    async def _write_all(self, db: Db, tenant_id: UUID) -> None:
        version = await _version(db)
        for table in FACTS:
            cursor: Any = await cast("asyncpg.Connection", db).cursor(table.rows, tenant_id)
            while rows := await cursor.fetch(AT_ONCE):
                await self._write(table, _present(tenant_id, version, rows), together=False)
            await self._clickhouse.execute(
                f"INSERT INTO {table.name}"
                " SELECT * REPLACE ({version:UInt64} AS version, 1 AS is_removed)"
                f" FROM {table.name} AS t FINAL"
                " WHERE t.tenant_id = {tenant_id:UUID} AND t.version < {version:UInt64}",
                tenant_id=tenant_id,
                version=version,
            )
        await self._put_position(db, tenant_id, version)

    async def _put_position(self, db: Db, tenant_id: UUID, version: int) -> None:
        rows = await db.fetch(POSITIONS.rows, tenant_id)
        await self._write(POSITIONS, _present(tenant_id, version, rows), together=True)

    async def _write(self, table: Table, records: Sequence[Row], *, together: bool) -> None:
        if records:
            await self._clickhouse.insert(
                table.name, records, table.names, table.types, together=together
            )


async def read_position(clickhouse: ClickHouse, tenant_id: UUID) -> int | None:
    """Up to which event a workspace's facts are in ClickHouse; None where they are not."""
    rows = await clickhouse.ask(
        "SELECT seq FROM analytics_positions FINAL WHERE tenant_id = {tenant_id:UUID}", tenant_id
    )
    return rows[0][0] if rows else None


def micros(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - EPOCH_UTC) // MICROSECOND


def _asked(changed: Changed) -> list[tuple[Table, tuple[list[Any], ...], set[Row]]]:
    """Which rows to read of each table, and the keys that may be of none any more."""
    return [
        (TASKS, ([task_id for _, task_id in changed.tasks],), set(changed.tasks)),
        (
            COMPLETIONS,
            (list(changed.spanned),),
            {
                (span.project_id, micros(span.starts_at), span.task_id, span.place)
                for span in changed.ended
                if span.completes
            },
        ),
        (
            BLOCKED,
            (list(changed.waiting),),
            {(wait.project_id, wait.task_id, wait.place) for wait in changed.waited},
        ),
        (
            TIME,
            (list(changed.entries), list(changed.moved)),
            {(entry_id,) for entry_id in changed.entries},
        ),
        (FLOW, _columns(changed.flow, 2), set()),
        (USAGE, _columns(changed.usage, 3), set()),
    ]


async def _records(
    db: Db,
    tenant_id: UUID,
    version: int,
    table: Table,
    arguments: tuple[list[Any], ...],
    old: set[Row],
) -> list[Row]:
    """What to write of a table: its rows, and that there is nothing where they were."""
    if not any(arguments):
        return []
    rows = await db.fetch(table.rows + table.some, tenant_id, *arguments)
    records = _present(tenant_id, version, rows)
    gone = old - {record[1 : 1 + table.key] for record in records}
    nothing = table.nothing()
    return [*records, *((tenant_id, *key, *nothing, version, REMOVED) for key in gone)]


def _present(tenant_id: UUID, version: int, rows: Iterable[asyncpg.Record]) -> list[Row]:
    return [(tenant_id, *row, version, 0) for row in rows]


async def _version(db: Db) -> int:
    return await db.fetchval("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")


def _columns(keys: Collection[Row], width: int) -> tuple[list[Any], ...]:
    return tuple([key[place] for key in keys] for place in range(width))

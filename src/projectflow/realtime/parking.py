"""Events that a consumer could not process: an operator sees them, and replays or drops them."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from msgspec import Struct

from projectflow.core.consumers import EVENT_COLUMNS, Consumer, event_of
from projectflow.core.db import Database, Db
from projectflow.core.jobs import enqueue

REPLAY_JOB: Final = "replay_parked_event"
PAGE: Final = 1000
log = structlog.get_logger()


class ParkedEvent(Struct, frozen=True):
    """What is known of it: the error's class, not its words, which may name people."""

    tenant_id: UUID
    consumer: str
    seq: int
    type: str
    error: str
    attempts: int
    parked_at: datetime

    @property
    def name(self) -> str:
        """How commands name it."""
        return f"{self.tenant_id}/{self.consumer}/{self.seq}"


class ReplayJob(Struct, frozen=True):
    """Which parked event to process again."""

    tenant_id: UUID
    consumer: str
    seq: int


async def park(
    db: Db, tenant_id: UUID, consumer: str, seq: int, error: Exception, attempts: int
) -> None:
    """Put an event aside."""
    await db.execute(
        """
        INSERT INTO parked_events (tenant_id, consumer, seq, error, attempts)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (tenant_id, consumer, seq)
        DO UPDATE SET error = excluded.error, attempts = parked_events.attempts + excluded.attempts
        """,
        tenant_id,
        consumer,
        seq,
        type(error).__name__[:100],
        attempts,
    )


async def find_parked(
    database: Database, *, consumer: str | None = None
) -> AsyncIterator[ParkedEvent]:
    """All parked events, workspace by workspace, in the order of their logs."""
    after = UUID(int=0)
    while True:
        async with database.without_tenant() as db:
            rows = await db.fetch("SELECT list_tenants_with_parked_events($1) AS id", after)
        for row in rows:
            after = row["id"]
            async for parked in _parked_in(database, after, consumer):
                yield parked
        if len(rows) < PAGE:
            return


async def _parked_in(
    database: Database, tenant_id: UUID, consumer: str | None
) -> AsyncIterator[ParkedEvent]:
    after = (0, "")
    while True:
        async with database.tenant(tenant_id, read_only=True) as db:
            rows = await db.fetch(
                """
                SELECT p.tenant_id, p.consumer, p.seq, e.type, p.error, p.attempts, p.parked_at
                FROM parked_events p JOIN events e ON e.tenant_id = $1 AND e.seq = p.seq
                WHERE p.tenant_id = $1 AND (p.seq, p.consumer) > ($2, $3)
                  AND ($4::text IS NULL OR p.consumer = $4)
                ORDER BY p.seq, p.consumer LIMIT $5
                """,
                tenant_id,
                *after,
                consumer,
                PAGE,
            )
        for row in rows:
            yield ParkedEvent(*row)
        if len(rows) < PAGE:
            return
        after = (rows[-1]["seq"], rows[-1]["consumer"])


async def ask_replay(database: Database, parked: ReplayJob) -> bool:
    """Have the worker process a parked event again; False where it is not parked."""
    async with database.tenant(parked.tenant_id) as db:
        if not await _is_parked(db, parked):
            return False
        await enqueue(db, REPLAY_JOB, parked)
    return True


async def _is_parked(db: Db, parked: ReplayJob) -> bool:
    return bool(
        await db.fetchval(
            """
            SELECT true FROM parked_events
            WHERE tenant_id = $1 AND consumer = $2 AND seq = $3 FOR UPDATE
            """,
            parked.tenant_id,
            parked.consumer,
            parked.seq,
        )
    )


async def drop(database: Database, parked: ReplayJob) -> bool:
    """Forget a parked event, unprocessed; False where it is not parked."""
    async with database.tenant(parked.tenant_id) as db:
        return await _remove(db, parked)


async def _remove(db: Db, parked: ReplayJob) -> bool:
    done = await db.execute(
        "DELETE FROM parked_events WHERE tenant_id = $1 AND consumer = $2 AND seq = $3",
        parked.tenant_id,
        parked.consumer,
        parked.seq,
    )
    return done == "DELETE 1"


async def replay(database: Database, consumers: Sequence[Consumer], parked: ReplayJob) -> bool:
    """Process a parked event now, alone; where it fails again it stays parked.

    It comes out of its order: the consumer has seen later events already.
    """
    consumer = next((each for each in consumers if each.name == parked.consumer), None)
    if consumer is None:
        log.warning("parked_event_of_nobody", consumer=parked.consumer)
        return False
    try:
        async with database.tenant(parked.tenant_id) as db:
            if not await _is_parked(db, parked):
                return False
            row = await db.fetchrow(
                f"SELECT {EVENT_COLUMNS} FROM events e WHERE e.tenant_id = $1 AND e.seq = $2",
                parked.tenant_id,
                parked.seq,
            )
            if row is not None:
                await consumer.consume(db, parked.tenant_id, [event_of(row)])
            await _remove(db, parked)
    except Exception as error:  # noqa: BLE001 - whatever a consumer raises
        async with database.tenant(parked.tenant_id) as db:
            if await _is_parked(db, parked):
                await park(db, parked.tenant_id, parked.consumer, parked.seq, error, 1)
        log.warning("replay_failed", consumer=parked.consumer, error=type(error).__name__)
        return False
    log.info("event_replayed", consumer=parked.consumer, seq=parked.seq)
    return True

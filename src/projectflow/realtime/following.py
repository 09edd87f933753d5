"""Running a consumer: from its position in a tenant's log to the end, in transactions.

Each transaction locks the consumer's position in that tenant, which is the right to go on (another
worker passes by), has the consumer work, and moves the position. A process that dies leaves the
position where it was.

An event that fails is tried again, with growing pauses, and meanwhile holds up this consumer in
this tenant: order is kept. After the last attempt it is parked (parking.py) and the rest goes on.
Other tenants and other consumers never wait for it.
"""

import asyncio
import socket
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg
import stamina
import structlog
from msgspec import Struct
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from projectflow.core.consumers import EVENT_COLUMNS, Consumer, Event, Later, event_of
from projectflow.core.db import GONE, Database, Db
from projectflow.core.problems import Unavailable
from projectflow.realtime.parking import park

AWAY: Final = (
    Later, ConnectionError, socket.gaierror, TimeoutError, Unavailable,
    RedisConnectionError, RedisTimeoutError,
    asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError, asyncpg.InterfaceError, asyncpg.InternalClientError,
)  # fmt: skip
"""Not the event's fault: tried again until it works."""
AWAY_SECONDS: Final = 5.0
log = structlog.get_logger()


class Patience(Struct, frozen=True):
    """How long an event is tried before it is parked."""

    at_once: int = 3
    """Attempts a round, with a short pause between them."""
    pauses: tuple[float, ...] = (2, 10, 60, 240, 600)
    """Seconds between the rounds: with six rounds a quarter of an hour."""


class TookTooLong(Exception):
    """The consumer did not finish in its time."""


class _Failed(Exception):
    """The consumer failed at these events; the transaction is rolled back."""

    def __init__(self, events: Sequence[Event], cause: Exception) -> None:
        super().__init__(type(cause).__name__)
        self.events = events
        self.cause = cause


class _Place(Struct):
    """A position that this transaction holds, and the log's end."""

    seq: int
    last_seq: int
    attempts: int
    is_waiting: bool


class Following:
    """One consumer in all tenants."""

    def __init__(self, database: Database, consumer: Consumer, patience: Patience) -> None:
        """One a consumer and worker."""
        self._database = database
        self.consumer = consumer
        self._patience = patience

    async def follow(self, tenant_id: UUID) -> None:
        """Bring the consumer to the end of a tenant's log, or to where it has to wait.

        Never raises: the sweep comes back to this tenant.
        """
        alone_until = 0
        try:
            while True:
                try:
                    if not await self._step(tenant_id, alone_until):
                        return
                except _Failed as failure:
                    if len(failure.events) > 1:
                        alone_until = failure.events[-1].seq
                    elif not await self._insist(tenant_id, failure):
                        return
        except (*AWAY, *GONE, asyncpg.PostgresError) as error:
            await self._wait(tenant_id, error)

    async def _step(self, tenant_id: UUID, alone_until: int = 0) -> bool:
        """One transaction; whether there may be more to do."""
        consumer = self.consumer
        async with self._database.tenant(tenant_id) as db:
            place = await _take_place(db, tenant_id, consumer.name)
            if place is None or place.is_waiting or place.seq >= place.last_seq:
                return False
            seen = await _read(db, tenant_id, place.seq, consumer.batch)
            wanted = [event for event in seen if consumer.wants(event)]
            # At the end of what there is, also past what was deleted from the log.
            reached = seen[-1].seq if seen else place.last_seq
            if len(seen) < consumer.batch:
                reached = max(reached, place.last_seq)
            if wanted and (place.seq < alone_until or place.attempts):
                wanted = wanted[:1]
                reached = wanted[0].seq
            if wanted:
                await self._consume(db, tenant_id, wanted)
            await _move(db, tenant_id, consumer.name, reached)
        return True

    async def _consume(self, db: Db, tenant_id: UUID, events: Sequence[Event]) -> None:
        limit = asyncio.timeout(self.consumer.timeout)
        try:
            async with limit:
                await self.consumer.consume(db, tenant_id, events)
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise _Failed(events, TookTooLong()) from error
        except Exception as error:
            # asyncpg says by an InterfaceError that is a ValueError, too, that a value does not fit.
            if isinstance(error, AWAY) and not isinstance(error, ValueError):
                raise
            raise _Failed(events, error) from error

    async def _insist(self, tenant_id: UUID, failure: _Failed) -> bool:
        """Try one event again, soon and later; whether the consumer can go on now."""
        (event,) = failure.events
        try:
            async for attempt in stamina.retry_context(
                on=_Failed,
                attempts=max(1, self._patience.at_once - 1),
                wait_initial=0.05,
                wait_max=1.0,
            ):
                with attempt:
                    return await self._step(tenant_id, event.seq)
        except _Failed as again:
            failure = again
        return await self._give_up_for_now(tenant_id, failure)

    async def _give_up_for_now(self, tenant_id: UUID, failure: _Failed) -> bool:
        consumer, (event, *_), error = self.consumer.name, failure.events, failure.cause
        async with self._database.tenant(tenant_id) as db:
            place = await _take_place(db, tenant_id, consumer)
            if place is None or place.seq >= event.seq:
                return False
            attempts: int = await db.fetchval(
                """
                UPDATE consumer_positions SET attempts = attempts + 1
                WHERE tenant_id = $1 AND consumer = $2 RETURNING attempts
                """,
                tenant_id,
                consumer,
            )
            said = {"consumer": consumer, "tenant": str(tenant_id), "seq": event.seq}
            if attempts <= len(self._patience.pauses):
                pause = self._patience.pauses[attempts - 1]
                await _pause(db, tenant_id, consumer, pause)
                log.warning("event_failed", **said, error=type(error).__name__, again_in=pause)
                return False
            tried = attempts * self._patience.at_once
            await park(db, tenant_id, consumer, event.seq, error, tried)
            await _move(db, tenant_id, consumer, event.seq)
        log.error("event_parked", **said, error=type(error).__name__, attempts=tried)
        return True

    async def _wait(self, tenant_id: UUID, error: Exception) -> None:
        """Something that the consumer needs is away: come back in a while."""
        name = self.consumer.name
        log.warning("consumer_waits", consumer=name, error=type(error).__name__)
        try:
            async with self._database.tenant(tenant_id) as db:
                if await _take_place(db, tenant_id, name) is not None:
                    await _pause(db, tenant_id, name, AWAY_SECONDS)
        except (*AWAY, *GONE, asyncpg.PostgresError):
            # It is the database: nothing moved, and the sweep goes on when it is back.
            return


async def _take_place(db: Db, tenant_id: UUID, consumer: str) -> _Place | None:
    """Lock the consumer's position; None where another worker has it, or the tenant has gone."""
    while True:
        row = await db.fetchrow(
            """
            SELECT p.seq, c.last_seq, p.attempts, coalesce(p.retry_at > now(), false)
            FROM consumer_positions p JOIN event_counters c ON c.tenant_id = p.tenant_id
            WHERE p.tenant_id = $1 AND p.consumer = $2
            FOR UPDATE OF p SKIP LOCKED
            """,
            tenant_id,
            consumer,
        )
        if row is not None:
            return _Place(*row)
        made = await db.fetchval(
            """
            INSERT INTO consumer_positions (tenant_id, consumer)
            SELECT tenant_id, $2 FROM event_counters WHERE tenant_id = $1
            ON CONFLICT DO NOTHING RETURNING true
            """,
            tenant_id,
            consumer,
        )
        if not made:
            return None


async def _read(db: Db, tenant_id: UUID, after: int, limit: int) -> list[Event]:
    rows = await db.fetch(
        f"""
        SELECT {EVENT_COLUMNS} FROM events e
        WHERE e.tenant_id = $1 AND e.seq > $2 ORDER BY e.seq LIMIT $3
        """,
        tenant_id,
        after,
        limit,
    )
    return [event_of(row) for row in rows]


async def _move(db: Db, tenant_id: UUID, consumer: str, seq: int) -> None:
    await db.execute(
        """
        UPDATE consumer_positions SET seq = $3, attempts = 0, retry_at = NULL
        WHERE tenant_id = $1 AND consumer = $2
        """,
        tenant_id,
        consumer,
        seq,
    )


async def _pause(db: Db, tenant_id: UUID, consumer: str, seconds: float) -> None:
    await db.execute(
        """
        UPDATE consumer_positions SET retry_at = now() + make_interval(secs => $3)
        WHERE tenant_id = $1 AND consumer = $2
        """,
        tenant_id,
        consumer,
        seconds,
    )

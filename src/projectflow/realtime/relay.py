"""The relay: carries each tenant's log, in its order, to the tenant's live channel."""

import time
from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

import asyncpg
import structlog
from redis.exceptions import RedisError

from projectflow.core.consumers import EVENT_COLUMNS, Event, event_of
from projectflow.core.db import GONE, Database, Db
from projectflow.core.problems import Unavailable
from projectflow.realtime.channels import KEPT_SECONDS, Channels

NAME: Final = "relay"
"""Of its positions, beside those of the consumers."""
BATCH: Final = 200
REMEMBERED: Final = 20_000
TRUSTED_SECONDS: Final = KEPT_SECONDS / 2
"""For so long a position is believed without asking; a wrong belief costs a second look."""
AWAY: Final = (*GONE, RedisError, TimeoutError, asyncpg.PostgresError, Unavailable)
log = structlog.get_logger()

Carried = Callable[[UUID, Sequence[Event]], None]


class Relay:
    """Keeps nothing that must not be lost: where a tenant is, Redis and the database say."""

    def __init__(self, database: Database, channels: Channels, carried: Carried) -> None:
        """`carried` is told which events of a tenant were published."""
        self._database = database
        self._channels = channels
        self._carried = carried
        self._known: dict[UUID, tuple[int, float]] = {}
        self._moved: dict[UUID, int] = {}
        self.is_redis_away = False

    async def carry(self, tenant_id: UUID) -> None:
        """Publish what a tenant's log has and its channel has not.

        Never raises when Redis or the database is away: the sweep comes back to this tenant.
        """
        try:
            after = await self._position(tenant_id)
            while True:
                async with self._database.tenant(tenant_id, read_only=True) as db:
                    after, events = await _read(db, tenant_id, after)
                    if not events and await _is_before(db, tenant_id, after):
                        await self._channels.forget(tenant_id, after)
                        self._known.pop(tenant_id, None)
                        return
                if not events:
                    break
                reached = await self._channels.append(tenant_id, after, events)
                if reached >= after:
                    self._carried(tenant_id, events)
                    self._moved[tenant_id] = reached
                # Redis may have lost some, or another worker may be further: go on from there.
                after = reached
                if len(events) < BATCH and reached == events[-1].seq:
                    break
            self._remember(tenant_id, after)
        except AWAY as error:
            self._known.pop(tenant_id, None)
            if isinstance(error, RedisError | OSError) and not self.is_redis_away:
                self.is_redis_away = True
                log.warning("relay_waits", error=type(error).__name__)
        else:
            self.is_redis_away = False

    async def _position(self, tenant_id: UUID) -> int | None:
        """The last number known to be published; None: only the database can say."""
        known = self._known.get(tenant_id)
        if known is not None and known[1] > time.monotonic():
            return known[0]
        (position,) = await self._channels.positions([tenant_id])
        return position

    def _remember(self, tenant_id: UUID, seq: int) -> None:
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[tenant_id] = (seq, time.monotonic() + TRUSTED_SECONDS)

    async def carried_already(self, ends: Sequence[tuple[UUID, int]]) -> set[UUID]:
        """Which of these logs are carried to their ends, by whichever worker; one question."""
        positions = await self._channels.positions([tenant_id for tenant_id, _ in ends])
        self.is_redis_away = False
        done = {
            tenant_id: position
            for (tenant_id, last_seq), position in zip(ends, positions, strict=True)
            if position is not None and position == last_seq
        }
        self._moved |= done
        return set(done)

    async def save_positions(self) -> None:
        """Write down how far the relay is, for when Redis has forgotten.

        Raises:
            OSError, asyncpg.PostgresError: the database is away; nothing is lost.
        """
        moved, self._moved = self._moved, {}
        if not moved:
            return
        try:
            async with self._database.without_tenant() as db:
                await db.execute("SELECT move_relay($1, $2)", list(moved), list(moved.values()))
        except BaseException:
            self._moved = moved | self._moved
            raise


async def _read(db: Db, tenant_id: UUID, after: int | None) -> tuple[int, list[Event]]:
    if after is None:
        after = await db.fetchval(
            "SELECT seq FROM consumer_positions WHERE tenant_id = $1 AND consumer = $2",
            tenant_id,
            NAME,
        )
    after = after or 0
    rows = await db.fetch(
        f"""
        SELECT {EVENT_COLUMNS} FROM events e
        WHERE e.tenant_id = $1 AND e.seq > $2 ORDER BY e.seq LIMIT $3
        """,
        tenant_id,
        after,
        BATCH,
    )
    return after, [event_of(row) for row in rows]


async def _is_before(db: Db, tenant_id: UUID, seq: int) -> bool:
    """Whether the log ends before `seq`: then it is older than what was published."""
    last: int | None = await db.fetchval(
        "SELECT last_seq FROM event_counters WHERE tenant_id = $1", tenant_id
    )
    return last is not None and last < seq

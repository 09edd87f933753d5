"""Tenants with events, workers that follow them, and somebody who listens."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Self
from uuid import UUID

import msgspec
from redis.asyncio import Redis
from uuid_utils.compat import uuid7

from projectflow.core.consumers import Consumer, Event
from projectflow.core.db import Database, Db
from projectflow.core.endings import end
from projectflow.core.events import Change, record
from projectflow.realtime.channels import channel_of
from projectflow.realtime.following import Patience
from projectflow.realtime.live import Live

IMPATIENT = Patience(at_once=2, pauses=(0.05, 0.05))


async def make_tenant(database: Database) -> UUID:
    """A workspace with a log and nothing else."""
    tenant_id = uuid7()
    async with database.tenant(tenant_id) as db:
        await db.execute(
            "INSERT INTO tenants (id, subdomain, name) VALUES ($1, $2, 'Log')",
            tenant_id,
            f"l-{tenant_id.hex}",
        )
        await db.execute("INSERT INTO event_counters (tenant_id) VALUES ($1)", tenant_id)
    return tenant_id


async def write(
    database: Database, tenant_id: UUID, count: int = 1, kind: str = "thing.made", **payload: Any
) -> None:
    """Write events, each in a transaction of its own."""
    for _ in range(count):
        async with database.tenant(tenant_id) as db:
            await record(db, tenant_id, None, Change(kind, "thing", uuid7(), payload=payload))


class Noted:
    """A consumer that keeps what it was told in memory, also what was rolled back."""

    def __init__(self, name: str, before: Callable[[UUID, Event], None] | None = None) -> None:
        self.name = name
        self.calls: list[tuple[UUID, list[int]]] = []
        self.before = before

    async def consume(self, db: Db, tenant_id: UUID, events: Sequence[Event]) -> None:
        self.calls.append((tenant_id, [e.seq for e in events]))
        for event in events:
            if self.before is not None:
                self.before(tenant_id, event)
            # Something that only counts when the transaction does.
            await db.execute(
                "INSERT INTO tags (tenant_id, name) VALUES ($1, $2)",
                tenant_id,
                f"{self.name}-{event.seq}",
            )

    def consumer(self, **more: Any) -> Consumer:
        options: dict[str, Any] = {"start": "beginning", **more}
        return Consumer(name=self.name, consume=self.consume, **options)


async def done_by(database: Database, tenant_id: UUID, consumer: str) -> list[int]:
    """Which events a `Noted` consumer has processed, as the database knows it."""
    async with database.tenant(tenant_id, read_only=True) as db:
        rows = await db.fetch(
            "SELECT name FROM tags WHERE tenant_id = $1 AND name LIKE $2",
            tenant_id,
            f"{consumer}-%",
        )
    return sorted(int(row["name"].rpartition("-")[2]) for row in rows)


@asynccontextmanager
async def following(
    database: Database, redis: Redis, *consumers: Consumer, patience: Patience = IMPATIENT
) -> AsyncGenerator[Live]:
    """A worker's part that follows the log."""
    live = Live(database.quiet(), redis, consumers, patience, sweep_seconds=0.2)
    await live.begin()
    task = asyncio.create_task(live.run())
    try:
        yield live
    finally:
        await end(task)


class Listener:
    """Subscribes to channels and keeps what comes."""

    def __init__(self, redis: Redis, *tenants: UUID) -> None:
        self._redis = redis
        self._tenants = tenants
        self.heard: dict[UUID, list[int]] = {each: [] for each in tenants}
        self.messages: list[dict[str, Any]] = []

    async def __aenter__(self) -> Self:
        self._subscription = self._redis.pubsub()
        await self._subscription.subscribe(*map(channel_of, self._tenants))
        for _ in self._tenants:
            await self._subscription.get_message(timeout=5)
        self._task = asyncio.create_task(self._listen())
        return self

    async def _listen(self) -> None:
        async for message in self._subscription.listen():
            if message["type"] != "message":
                continue
            tenant = UUID(message["channel"].decode().partition(":")[2])
            told = msgspec.json.decode(message["data"])
            self.heard[tenant].append(told["seq"])
            self.messages.append(told)

    async def __aexit__(self, *_: object) -> None:
        await end(self._task)
        await self._subscription.aclose()


async def streamed(redis: Redis, tenant_id: UUID) -> list[int]:
    """The numbers in a tenant's stream."""
    entries: Any = await redis.xrange(channel_of(tenant_id))
    return [int(key.decode().partition("-")[0]) for key, _ in entries]


async def until(
    true: Callable[[], Awaitable[bool]] | Callable[[], bool], seconds: float = 10
) -> None:
    """Wait for it; fails after `seconds`."""
    async with asyncio.timeout(seconds):
        while True:
            answer = true()
            if answer if isinstance(answer, bool) else await answer:
                return
            await asyncio.sleep(0.01)

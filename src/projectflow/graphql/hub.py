"""All that is live in one process: the workspaces that are followed, and who is connected."""

import asyncio
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec
from msgspec import Struct
from redis.asyncio import Redis

from projectflow.auth.revocations import Revocations
from projectflow.auth.types import Actor
from projectflow.core.db import Database
from projectflow.core.endings import end
from projectflow.core.problems import Problem
from projectflow.core.settings import Settings
from projectflow.graphql.feed import Feed
from projectflow.graphql.reader import AWAY as REDIS_AWAY
from projectflow.graphql.reader import Reader
from projectflow.realtime.channels import channel_of

if TYPE_CHECKING:
    from projectflow.graphql.sockets import Socket

READERS: Final = 6
"""Transactions of all feeds at once: people who come back together leave room for requests."""
LOOK_SECONDS: Final = 1.0
LOOKED_AT_ONCE: Final = 1_000
MOST_PRESENT: Final = 200


class TooManyConnections(Problem):
    """Too many live connections are open."""

    status = 429


class PresentPerson(Struct, frozen=True):
    """Somebody, and what they do."""

    user_id: UUID
    doing: str


class Presence(Struct, frozen=True):
    """Who is in a place now."""

    place: str
    id: UUID
    people: list[PresentPerson]


class Hub:
    """One a process; nothing runs in it until somebody connects."""

    def __init__(
        self, database: Database, redis: Redis, revocations: Revocations, settings: Settings
    ) -> None:
        """The limits are the settings'."""
        self._database = database
        self._redis = redis
        self.revocations = revocations
        self._settings = settings
        self._feeds: dict[UUID, Feed] = {}
        self._opening: dict[UUID, asyncio.Lock] = {}
        self._people: Counter[UUID] = Counter()
        self._workspaces: Counter[UUID] = Counter()
        self._sockets: set[Socket] = set()
        self._reader = Reader(redis, self._begun)
        self._turns = asyncio.Semaphore(READERS)
        self._presence: Counter[UUID] = Counter()
        self._looking: asyncio.Task[None] | None = None

    @property
    def connections(self) -> int:
        """How many are open."""
        return len(self._sockets)

    async def admit(self, socket: "Socket") -> Feed:
        """Let somebody in and give them their workspace's feed.

        Raises:
            TooManyConnections: the person or the workspace has too many.
            OSError, asyncpg.PostgresError: the database is away.
        """
        actor = socket.actor
        if self._people[actor.user_id] >= self._settings.live_connections_per_person:
            raise TooManyConnections("You have too many live connections open.")
        if self._workspaces[actor.tenant_id] >= self._settings.live_connections_per_workspace:
            raise TooManyConnections("Your workspace has too many live connections open.")
        # Counted before anything is awaited: many may come at once.
        self._people[actor.user_id] += 1
        self._workspaces[actor.tenant_id] += 1
        self._sockets.add(socket)
        if self._looking is None:
            self._looking = asyncio.create_task(self._keep_looking())
        return await self._join(socket)

    async def _join(self, socket: "Socket") -> Feed:
        tenant_id = socket.actor.tenant_id
        lock = self._opening.setdefault(tenant_id, asyncio.Lock())
        async with lock:
            feed = self._feeds.get(tenant_id)
            if feed is None:
                feed = self._feeds[tenant_id] = Feed(self._database, tenant_id, self._turns)
                await self._reader.listen(channel_of(tenant_id), feed.hear)
            await feed.join(socket)
        return feed

    async def leave(self, socket: "Socket") -> None:
        """Forget somebody who is gone, and their workspace when nobody of it is left."""
        if socket not in self._sockets:
            return
        self._sockets.discard(socket)
        tenant_id = socket.actor.tenant_id
        for counter, key in ((self._people, socket.actor.user_id), (self._workspaces, tenant_id)):
            counter[key] -= 1
            if counter[key] <= 0:
                del counter[key]
        async with self._opening.setdefault(tenant_id, asyncio.Lock()):
            feed = self._feeds.get(tenant_id)
            if feed is not None:
                feed.leave(socket)
                if tenant_id not in self._workspaces:
                    del self._feeds[tenant_id]
                    await self._reader.forget(channel_of(tenant_id))
                    await feed.close()
        if tenant_id not in self._workspaces:
            self._opening.pop(tenant_id, None)

    def _begun(self, channel: str) -> None:
        """Look what was missed before a channel was heard."""
        kind, _, tenant = channel.partition(":")
        feed = self._feeds.get(UUID(tenant)) if kind == "events" else None
        if feed is not None:
            feed.look()

    async def watch_presence(self, tenant_id: UUID) -> None:
        """Hear who is where in a workspace, until `leave_presence`."""
        self._presence[tenant_id] += 1
        if self._presence[tenant_id] == 1:

            def hear(message: bytes) -> None:
                self._hear_presence(tenant_id, message)

            await self._reader.listen(presence_channel(tenant_id), hear)

    async def leave_presence(self, tenant_id: UUID) -> None:
        """Hear it no more when nobody else does."""
        self._presence[tenant_id] -= 1
        if self._presence[tenant_id] <= 0:
            del self._presence[tenant_id]
            await self._reader.forget(presence_channel(tenant_id))

    def _hear_presence(self, tenant_id: UUID, message: bytes) -> None:
        feed = self._feeds.get(tenant_id)
        try:
            found = msgspec.json.decode(message, type=Presence)
        except msgspec.MsgspecError:
            return
        for stream in tuple(feed.streams) if feed else ():
            stream.hear_presence(found)

    async def read_presence(self, actor: Actor, place: str, place_id: UUID) -> Presence:
        """Who is in a place now; nobody while Redis is away."""
        key = f"presence:{actor.tenant_id}:{place}:{place_id}"
        try:
            found: Any = await self._redis.zrange(
                key,
                "+inf",  # pyright: ignore[reportArgumentType] - bounds are texts by score
                f"({time.time()}",  # pyright: ignore[reportArgumentType]
                desc=True,
                byscore=True,
                offset=0,
                num=MOST_PRESENT,
            )
        except REDIS_AWAY:
            found = []
        pairs = sorted(each.decode().partition(":")[::2] for each in found)
        return Presence(place, place_id, [PresentPerson(UUID(who), does) for who, does in pairs])

    async def _keep_looking(self) -> None:
        """End what does not count any more: tokens that expire, sessions that were ended."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            for count, socket in enumerate(tuple(self._sockets), 1):
                socket.still_counts()
                if count % LOOKED_AT_ONCE == 0:
                    await asyncio.sleep(0)

    async def stop(self) -> None:
        """End all that runs."""
        await end(self._looking)
        await self._reader.stop()
        for feed in self._feeds.values():
            await feed.close()


def presence_channel(tenant_id: UUID) -> str:
    """Where changes of a tenant's places are published."""
    return f"presence:{tenant_id}"

"""One workspace's events in one process: each is heard once and goes to whoever may see it.

`seq` is the last event that went out. A message that does not follow it, or one that may change
who sees what, is not used: the log is read from there, and the people's standing with it.
"""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import asyncpg
import msgspec
import structlog

from projectflow.auth.permissions import ProjectRole
from projectflow.core.db import GONE, Database, Db
from projectflow.core.endings import end
from projectflow.core.problems import Unavailable
from projectflow.graphql.audience import LOG_COLUMNS, LogEvent, logged, may_see, published
from projectflow.realtime.sync import SyncReset

if TYPE_CHECKING:
    from projectflow.graphql.sockets import Socket
    from projectflow.graphql.streams import Source

PAGE: Final = 500
MOST_BEHIND: Final = 10_000
"""Events that a subscriber may have missed; after more it fetches the workspace anew."""
AGAIN_SECONDS: Final = 1.0
AWAY: Final = (*GONE, TimeoutError, asyncpg.PostgresError, Unavailable)
CHANGES_STANDING: Final = frozenset({"project", "import"})
"""Entities whose events can change who is in a project."""
log = structlog.get_logger()

Roles = dict[UUID, ProjectRole]


class Feed:
    """What subscribers of one workspace share."""

    def __init__(self, database: Database, tenant_id: UUID, turns: asyncio.Semaphore) -> None:
        """`turns` bounds the transactions of all feeds of the process together."""
        self._database = database
        self._turns = turns
        self.tenant_id = tenant_id
        self.seq = 0
        self._known = 0
        """The newest event of which anything was heard."""
        self.is_open = False
        self.streams: set[Source] = set()
        self.sockets: set[Socket] = set()
        self.roles: dict[UUID, Roles] = {}
        """Of everybody who is connected."""
        self._reading: asyncio.Task[None] | None = None
        self._must_look = False

    async def join(self, socket: "Socket") -> None:
        """Learn what somebody is in which project, and where the log stands.

        Raises:
            OSError, asyncpg.PostgresError: the database is away.
        """
        self.sockets.add(socket)
        user_id = socket.actor.user_id
        async with self._turns, self._database.tenant(self.tenant_id, read_only=True) as db:
            seq, roles = await _standing(db, self.tenant_id, user_id)
        if not self.is_open:
            self.seq, self.is_open = seq, True
        self.roles[user_id] = roles

    def leave(self, socket: "Socket") -> None:
        """Forget somebody who is gone."""
        self.sockets.discard(socket)
        user_id = socket.actor.user_id
        if not any(other.actor.user_id == user_id for other in self.sockets):
            self.roles.pop(user_id, None)

    def hear(self, message: bytes) -> None:
        """Take a message of the live channel."""
        try:
            event = published(message)
        except msgspec.MsgspecError:
            log.exception("live_message_not_understood")
            return
        if not self.is_open or event.seq <= self.seq:
            return
        self._known = max(self._known, event.seq)
        if self._reading is not None:
            return
        if event.seq == self.seq + 1 and event.entity_type not in CHANGES_STANDING:
            self._deliver(event)
        else:
            self.look()

    def look(self) -> None:
        """Read what the log has; somebody may have missed something."""
        if self.is_open:
            self._must_look = True
            if self._reading is None:
                self._reading = asyncio.create_task(self._read())

    async def close(self) -> None:
        """End what is under way."""
        await end(self._reading)

    async def _read(self) -> None:
        try:
            while self._must_look or self._known > self.seq:
                try:
                    await self._read_page()
                except AWAY as error:
                    log.warning("live_log_not_read", error=type(error).__name__)
                    await asyncio.sleep(AGAIN_SECONDS)
        finally:
            self._reading = None

    async def _read_page(self) -> None:
        async with self._turns, self._database.tenant(self.tenant_id, read_only=True) as db:
            self._must_look = False
            events = await read_log(db, self.tenant_id, self.seq)
            if not events:
                # A restored backup: numbers that were given out come again.
                newest = await _newest(db, self.tenant_id)
                self._known = newest
                if newest < self.seq:
                    self.seq = newest
                    await self._drop_all()
            elif any(e.entity_type in CHANGES_STANDING for e in events):
                self.roles |= await _roles(db, self.tenant_id, list(self.roles))
        for event in events:
            self._deliver(event)
        if len(events) == PAGE:
            self._must_look = True

    async def _drop_all(self) -> None:
        for socket in tuple(self.sockets):
            socket.end(4510, "the log was restored")

    def _deliver(self, event: LogEvent) -> None:
        self.seq = event.seq
        for stream in tuple(self.streams):
            if stream.is_live and stream.wants(event) and self.sees(stream.socket, event):
                stream.socket.offer(stream, event)

    def sees(self, socket: "Socket", event: LogEvent) -> bool:
        """Whether somebody still counts and may see an event."""
        return socket.still_counts() and may_see(
            socket.actor, self.roles.get(socket.actor.user_id, {}), event
        )

    async def catch_up(self, stream: "Source", after: int) -> None:
        """Give a subscriber all that follows a number, then let it go on live.

        Raises:
            SyncReset: the number is none of this log's, or too far back.
        """
        position = after
        while position < self.seq:
            async with self._turns, self._database.tenant(self.tenant_id, read_only=True) as db:
                events = await read_log(db, self.tenant_id, position)
            if not events or events[0].seq != position + 1:
                raise SyncReset
            for event in events:
                # Beyond `seq` the standing may be older than the event: those come live.
                if event.seq > self.seq:
                    break
                position = event.seq
                if stream.wants(event) and self.sees(stream.socket, event):
                    await stream.socket.room()
                    stream.socket.offer(stream, event)
        # Nothing is awaited between the comparison and this.
        stream.is_live = True

    def check_start(self, after: int) -> None:
        """Refuse to begin where the log cannot be told from.

        Raises:
            SyncReset: so it is.
        """
        if after > max(self.seq, self._known) or self.seq - after > MOST_BEHIND:
            raise SyncReset


async def read_log(db: Db, tenant_id: UUID, after: int) -> list[LogEvent]:
    """A page of the log."""
    rows = await db.fetch(
        f"SELECT {LOG_COLUMNS} FROM events e WHERE e.tenant_id = $1 AND e.seq > $2"
        " ORDER BY e.seq LIMIT $3",
        tenant_id,
        after,
        PAGE,
    )
    return [logged(row) for row in rows]


async def _newest(db: Db, tenant_id: UUID) -> int:
    found: int | None = await db.fetchval(
        "SELECT last_seq FROM event_counters WHERE tenant_id = $1", tenant_id
    )
    return found or 0


async def _standing(db: Db, tenant_id: UUID, user_id: UUID) -> tuple[int, Roles]:
    """Where the log stands, and what somebody is in which project at that moment.

    One statement, because all come back at once when a server was started again.
    """
    rows: list[Any] = await db.fetch(
        """
        SELECT c.last_seq, m.project_id, m.role FROM event_counters c
        LEFT JOIN project_members m ON m.tenant_id = c.tenant_id AND m.user_id = $2
        WHERE c.tenant_id = $1
        """,
        tenant_id,
        user_id,
    )
    roles = {project_id: role for _, project_id, role in rows if project_id is not None}
    return rows[0][0] if rows else 0, roles


async def _roles(db: Db, tenant_id: UUID, people: Iterable[UUID]) -> dict[UUID, Roles]:
    """What these people are in which projects."""
    rows: list[Any] = await db.fetch(
        """
        SELECT m.user_id, m.project_id, m.role FROM project_members m
        WHERE m.tenant_id = $1 AND m.user_id = ANY ($2::uuid[])
        """,
        tenant_id,
        list(people),
    )
    found: dict[UUID, Roles] = {each: {} for each in people}
    for user_id, project_id, role in rows:
        found[user_id][project_id] = role
    return found

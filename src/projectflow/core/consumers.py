"""What a consumer of the event log is: something that is told of every event, in order, once.

A module that follows the log (search, a cache, webhooks) gives the worker a `Consumer`; the
worker runs it (`realtime/following.py`) and keeps its place in each tenant's log.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from projectflow.core.db import Db

EVENT_COLUMNS: Final = (
    "e.seq, e.type, e.actor_id, e.entity_type, e.entity_id, e.project_id, e.entity_version,"
    " e.payload, e.created_at"
)


class Event(Struct, frozen=True):
    """One row of a tenant's log, as consumers and live channels get it."""

    seq: int
    type: str
    actor_id: UUID | None
    entity_type: str
    entity_id: UUID
    project_id: UUID | None
    version: int
    payload: msgspec.Raw
    """JSON: mostly `{"before": {…}, "after": {…}}`; encodes as it is."""
    created_at: datetime

    def read(self) -> dict[str, Any]:
        """The payload, decoded."""
        return msgspec.json.decode(self.payload)


def event_of(row: asyncpg.Record) -> Event:
    """The event of a row of `EVENT_COLUMNS`."""
    *head, payload, created_at = row
    return Event(*head, msgspec.Raw(payload.encode()), created_at)


class Later(Exception):
    """What the consumer depends on is away: the events are tried again until it is back.

    Connections that break (OSError, TimeoutError, those of the database and Redis) mean the same.
    Any other exception counts against the event, which is parked after the last attempt.
    """


Consume = Callable[[Db, UUID, Sequence[Event]], Awaitable[None]]
"""`async def consume(db, tenant_id, events)`: in a transaction of that tenant, which also moves the
consumer's position. What it writes to the database it writes exactly once; what it does elsewhere
it may do again after a failure, and knows again by `(tenant_id, seq)`."""


class Consumer(Struct, frozen=True, kw_only=True):
    """Something that follows every tenant's log, each from its own position."""

    name: str
    """Of its position and of its parked events: never changed, never used again."""
    consume: Consume
    types: tuple[str, ...] = ()
    """The events it is told of, as for `is_wanted`; it passes the others by."""
    start: Literal["beginning", "present"]
    """Where it begins in the workspaces that there are when it first runs. In those founded
    later it begins at their beginning."""
    batch: int = 100
    """Events a transaction at most. After a failure they come one by one."""
    timeout: float = 30.0
    """Seconds for one call."""

    def wants(self, event: Event) -> bool:
        """Whether it is told of this event."""
        return is_wanted(event.type, self.types)


def is_wanted(event_type: str, patterns: Sequence[str]) -> bool:
    """Whether a type is among them: by its name, as `task.*`, or because none is named."""
    return (
        not patterns or event_type in patterns or f"{event_type.partition('.')[0]}.*" in patterns
    )

"""A tenant's live channel in Redis: its names, and the one script that appends to it.

`events:<tenant>` is a Pub/Sub channel and, as a key, a stream of its last events, whose ids are
`<seq>-0`. Both carry the same JSON: an `Event` of core/consumers.py.
"""

from collections.abc import Sequence
from typing import Any, Final, cast
from uuid import UUID

import msgspec
from msgspec.structs import replace
from redis.asyncio import Redis

from projectflow.core.consumers import Event

KEPT: Final = 256
"""Events of a tenant that the stream keeps, or some more: it is cut by whole nodes."""
KEPT_SECONDS: Final = 600
"""A stream goes when its tenant is quiet for so long: the log in the database has it all."""
MAX_PAYLOAD: Final = 32 * 1024
"""Bytes. A larger payload is `null` here; whoever needs it reads the log."""

APPEND: Final = """
local last = tonumber(redis.call('GET', KEYS[2]))
if not last then
  redis.call('DEL', KEYS[1])
elseif last < tonumber(ARGV[2]) then
  return last
end
last = last or tonumber(ARGV[2])
for i = 5, #ARGV, 2 do
  local seq = tonumber(ARGV[i])
  if seq > last then
    redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], ARGV[i] .. '-0', 'event', ARGV[i + 1])
    redis.call('PUBLISH', ARGV[1], ARGV[i + 1])
    last = seq
  end
end
redis.call('SET', KEYS[2], string.format('%d', last), 'EX', ARGV[4])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return last
"""
"""Append events that follow `after` (ARGV[2]) in order; those that are there already are passed
by, and nothing happens where some before them are missing. So two relays at once cannot bring
events out of order, nor twice, whatever either believes."""

FORGET: Final = """
if redis.call('GET', KEYS[2]) == ARGV[1] then return redis.call('DEL', KEYS[1], KEYS[2]) end
return 0
"""


def channel_of(tenant_id: UUID) -> str:
    """Where a tenant's events are published, and the key of the stream of its last ones."""
    return f"events:{tenant_id}"


def position_of(tenant_id: UUID) -> str:
    """The key of the last number that was published."""
    return f"events:{tenant_id}:seq"


class Channels:
    """Writes to the channels, in the order of each tenant's log."""

    def __init__(self, redis: Redis) -> None:
        """One a worker."""
        self._redis = redis
        self._append = redis.register_script(APPEND)
        self._forget = redis.register_script(FORGET)

    async def positions(self, tenants: Sequence[UUID]) -> list[int | None]:
        """The last numbers published there; None where nothing is known (any more)."""
        found: Any = await self._redis.mget([position_of(each) for each in tenants])
        return [None if each is None else int(each) for each in found]

    async def append(self, tenant_id: UUID, after: int, events: Sequence[Event]) -> int:
        """Publish the events that follow number `after`.

        Returns:
            The last number published: less than `after` where Redis lost some, and then nothing
            was done.
        """
        arguments: list[str | bytes | int] = [channel_of(tenant_id), after, KEPT, KEPT_SECONDS]
        for event in events:
            arguments += [event.seq, encoded(event)]
        keys = [channel_of(tenant_id), position_of(tenant_id)]
        return cast("int", await self._append(keys=keys, args=arguments))

    async def forget(self, tenant_id: UUID, seen: int) -> None:
        """Drop what a log told that was since replaced by an older one (a restored backup)."""
        keys = [channel_of(tenant_id), position_of(tenant_id)]
        await self._forget(keys=keys, args=[seen])


def encoded(event: Event) -> bytes:
    """The message of an event."""
    if len(event.payload) > MAX_PAYLOAD:
        event = replace(event, payload=msgspec.Raw(b"null"))
    return msgspec.json.encode(event)

"""Who is there right now: looking at a task or a board, or typing. Kept in Redis alone, for 45 s.

`presence:<tenant>:<place>:<id>` is a sorted set of `<person>:<doing>` by the time at which each
expires, `presence:<tenant>:of:<person>` one of the places where somebody is. What changes is
published on `presence:<tenant>`. While Redis is away nobody is anywhere, and nothing fails.
"""

import time
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal, cast
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from redis.asyncio import Redis
from redis.exceptions import RedisError

from projectflow.auth.types import Actor
from projectflow.core.db import Database
from projectflow.projects.access import require_project
from projectflow.tasks.service import read_task

Place = Literal["task", "project"]
Doing = Literal["looking", "typing"]
LIFETIME: Final = 45.0
"""Seconds for which somebody is there who says nothing more."""
MOST: Final = 200
"""People that a place keeps, and tells of."""
AWAY: Final = (RedisError, OSError, TimeoutError)

ENTER: Final = """
local before = redis.call('ZRANGE', KEYS[1], 0, -1)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
redis.call('ZREM', KEYS[1], ARGV[3] .. ':looking', ARGV[3] .. ':typing')
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -(tonumber(ARGV[6]) + 1))
if ARGV[4] ~= '' then
  redis.call('ZADD', KEYS[1], ARGV[2], ARGV[3] .. ':' .. ARGV[4])
  redis.call('EXPIRE', KEYS[1], 60)
  redis.call('ZADD', KEYS[2], ARGV[2], ARGV[5])
  redis.call('EXPIRE', KEYS[2], 60)
else
  redis.call('ZREM', KEYS[2], ARGV[5])
end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[1])
redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -(tonumber(ARGV[6]) + 1))
local after = redis.call('ZRANGE', KEYS[1], 0, -1)
table.sort(before)
table.sort(after)
if table.concat(before, ',') == table.concat(after, ',') then return {0, after} end
return {1, after}
"""
"""Say what a person does in a place, or, with nothing, that they are gone. Gives whether the
place's people are others now, and who they are."""


class Present(Struct, frozen=True):
    """Somebody, and what they do."""

    user_id: UUID
    doing: Doing


class People(Struct, frozen=True):
    """Who is in a place, at most 200."""

    people: list[Present]


class PresentIn(Struct, frozen=True):
    """The message of a change: who is in a place now."""

    place: Place
    id: UUID
    people: list[Present]


class NewPresence(Struct, frozen=True, forbid_unknown_fields=True):
    """Where somebody is, and what they do there. To be said again every 20 seconds."""

    place: Place
    id: UUID
    doing: Annotated[Doing, Meta(description="`typing` while keys are pressed")] = "looking"


def channel_of(tenant_id: UUID) -> str:
    """Where changes of a tenant's places are published."""
    return f"presence:{tenant_id}"


def _place_key(tenant_id: UUID, place: str, place_id: UUID) -> str:
    return f"presence:{tenant_id}:{place}:{place_id}"


def _person_key(tenant_id: UUID, user_id: UUID) -> str:
    return f"presence:{tenant_id}:of:{user_id}"


class PresenceBoard:
    """Who is where, in all workspaces."""

    def __init__(self, redis: Redis, database: Database) -> None:
        """The database says what somebody may see."""
        self._redis = redis
        self._database = database
        self._enter = redis.register_script(ENTER)

    async def enter(self, actor: Actor, new: NewPresence) -> None:
        """Have the actor be somewhere for 45 seconds.

        Raises:
            TaskNotFound, ProjectNotFound, Forbidden: as for reading the place's tasks.
        """
        await self._check(actor, new.place, new.id)
        try:
            await self._say(actor, new.place, new.id, new.doing)
        except AWAY:
            return

    async def leave(self, actor: Actor, place: Place | None, place_id: UUID | None) -> None:
        """Have the actor be in a place no longer; without one, in none."""
        try:
            if place is not None and place_id is not None:
                await self._say(actor, place, place_id, None)
                return
            key = _person_key(actor.tenant_id, actor.user_id)
            for name in cast("list[bytes]", await self._redis.zrange(key, 0, -1)):
                where, _, found = name.decode().partition(":")
                await self._say(actor, cast("Place", where), UUID(found), None)
        except AWAY:
            return

    async def list_people(self, actor: Actor, place: Place, place_id: UUID) -> People:
        """Who is in a place.

        Raises:
            TaskNotFound, ProjectNotFound, Forbidden: as for reading the place's tasks.
        """
        await self._check(actor, place, place_id)
        key = _place_key(actor.tenant_id, place, place_id)
        try:
            found = cast("list[bytes]", await self._redis.zrange(
                key, "+inf", f"({time.time()}", desc=True, byscore=True, offset=0, num=MOST
            ))  # fmt: skip
        except AWAY:
            return People([])
        return People(_people(found))

    async def _check(self, actor: Actor, place: Place, place_id: UUID) -> None:
        async with self._database.tenant(
            actor.tenant_id, read_only=True, projects=actor.project_ids
        ) as db:
            if place == "task":
                await read_task(db, actor, place_id)
            else:
                actor.must_be_allowed("task", "read", "in_project")
                await require_project(db, actor, place_id)

    async def _say(self, actor: Actor, place: Place, place_id: UUID, doing: Doing | None) -> None:
        now = time.time()
        keys = [
            _place_key(actor.tenant_id, place, place_id),
            _person_key(actor.tenant_id, actor.user_id),
        ]
        name = f"{place}:{place_id}"
        arguments = [now, now + LIFETIME, str(actor.user_id), doing or "", name, MOST]
        answer: Any = await self._enter(keys=keys, args=arguments)
        is_changed, found = cast("tuple[int, list[bytes]]", answer)
        if is_changed:
            message = PresentIn(place, place_id, _people(found))
            await self._redis.publish(channel_of(actor.tenant_id), msgspec.json.encode(message))


def _people(found: Sequence[bytes]) -> list[Present]:
    """People by their ids."""
    pairs = sorted(each.decode().partition(":")[::2] for each in found)
    return [Present(UUID(user_id), cast("Doing", doing)) for user_id, doing in pairs]

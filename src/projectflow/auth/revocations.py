"""Access tokens that no longer count, known to every process at once.

A token is signed for 15 minutes. Ending a session, changing a role or deactivating a person must
not wait that long: the end is written to Redis, told to every process, and each keeps the few
entries of the last 15 minutes in memory, so that a request asks nobody.
"""

import asyncio
import time
from contextlib import suppress
from typing import Any, Final
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from projectflow.auth.types import Actor
from projectflow.core.endings import end
from projectflow.core.problems import Unavailable

KEY: Final = "auth:revoked"
CHANNEL: Final = "auth:revoked"
RECONNECT_SECONDS: Final = 1.0
NOT_SAFE: Final = "Redis is away, so this cannot be done safely."
log = structlog.get_logger()


class Revocations:
    """Sessions and people whose tokens, signed up to some moment, are refused."""

    def __init__(self, redis: Redis, token_ttl: int) -> None:
        """`token_ttl` is a token's life in seconds: older entries are forgotten."""
        self._redis = redis
        self._token_ttl = token_ttl
        self._until: dict[UUID, float] = {}
        self._listening = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def refuses(self, actor: Actor) -> bool:
        """Whether this token was signed before its session or its person was revoked."""
        until = self._until
        return bool(until) and actor.issued_at <= max(
            until.get(actor.session_id, -1.0), until.get(actor.user_id, -1.0)
        )

    def refuses_person(self, actor: Actor) -> bool:
        """Whether it is the person, and not only the session or key, that was revoked."""
        return actor.issued_at <= self._until.get(actor.user_id, -1.0)

    async def revoke(self, *ids: UUID) -> None:
        """Refuse the tokens, signed until now, of these sessions or people, everywhere.

        Raises:
            Unavailable: Redis is away, so other processes cannot be told. Nothing should change.
        """
        now = time.time()
        try:
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.zadd(KEY, {str(each): now for each in ids})
                pipe.zremrangebyscore(KEY, 0, now - self._token_ttl)
                for each in ids:
                    pipe.publish(CHANNEL, f"{each} {now}")
                await pipe.execute()
        except (RedisError, OSError, TimeoutError):
            raise Unavailable(NOT_SAFE, retry_after=5) from None
        self._until |= dict.fromkeys(ids, now)

    def require_fresh(self) -> None:
        """Refuse sensitive actions while a revocation elsewhere might not be known here.

        Raises:
            Unavailable: Redis is away.
        """
        if not self._listening.is_set():
            raise Unavailable(NOT_SAFE, retry_after=5)

    async def start(self) -> None:
        """Learn what is revoked now, and listen from then on; returns once that is tried."""
        self._task = asyncio.create_task(self._keep_listening())
        with suppress(TimeoutError):
            await asyncio.wait_for(self._listening.wait(), timeout=3)

    async def stop(self) -> None:
        """Stop listening."""
        await end(self._task)

    async def _keep_listening(self) -> None:
        while True:
            try:
                await self._listen()
            except (RedisError, OSError, TimeoutError) as error:
                if self._listening.is_set():
                    log.warning("revocations_not_heard", error=type(error).__name__)
            self._listening.clear()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen(self) -> None:
        """Subscribe first, then load: whatever is told in between is heard."""
        async with self._redis.pubsub() as subscription:
            await subscription.subscribe(CHANNEL)
            await self._load()
            self._listening.set()
            while True:
                message: Any = await subscription.get_message(  # pyright: ignore[reportUnknownVariableType]
                    ignore_subscribe_messages=True, timeout=30
                )
                if message is not None:
                    self._hear(message["data"])
                self._forget()

    async def _load(self) -> None:
        oldest = time.time() - self._token_ttl
        found: Any = await self._redis.zrangebyscore(KEY, oldest, "+inf", withscores=True)
        entries: list[tuple[bytes, float]] = found
        # Added, not put in place of what is known: Redis may have come back empty.
        for each, score in entries:
            key = UUID(each.decode())
            self._until[key] = max(score, self._until.get(key, score))

    def _hear(self, data: bytes) -> None:
        text, _, until = data.decode().partition(" ")
        self._until[UUID(text)] = float(until)

    def _forget(self) -> None:
        oldest = time.time() - self._token_ttl
        self._until = {each: until for each, until in self._until.items() if until >= oldest}

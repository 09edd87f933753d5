"""Answers that are kept: in this process, then in Redis, and no longer than they are true.

Each workspace has a *generation* in Redis, a random word. Whoever commits a change in a workspace
replaces its word before the change is answered (`changed`). A reader asks for the word first, and
everything is kept under it, so what was kept before a change is not found after it, in any process
(docs/decisions/0013). An answer is kept for the one who asked, so no permission is bypassed.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final, Literal
from uuid import UUID

import structlog
from cachetools import TLRUCache
from redis.asyncio import Redis
from redis.exceptions import RedisError

from projectflow.core.metrics import CACHE_READS

Kind = Literal["user", "project", "task", "analytics"]
TTL: Final[dict[Kind, int]] = {"user": 300, "project": 600, "task": 180, "analytics": 1800}
"""Seconds, the seed's. Sessions are not kept here: a token is verified once (auth/tokens.py)."""
GENERATION_TTL: Final = 24 * 3600
"""Longer than any entry; a word that is gone is replaced by a new one."""
LARGEST: Final = 256 * 1024
"""Bytes of an answer; a larger one is kept in this process alone, or not at all."""
LOADING: Final = 3.0
"""Seconds for which other processes leave the loading of an answer to the one that began."""
LOOK_AGAIN: Final = 0.02
OWED_AGAIN: Final = 0.25
AWAY: Final = (RedisError, OSError, TimeoutError)
log = structlog.get_logger()


class _Kept:
    __slots__ = ("body", "ttl")

    def __init__(self, body: bytes, ttl: float) -> None:
        self.body = body
        self.ttl = ttl


class Cache:
    """Two levels over the database. While Redis is away nothing is kept or found."""

    def __init__(self, redis: Redis, memory_bytes: int) -> None:
        """`memory_bytes` bounds what this process keeps."""
        self._redis = redis
        self._memory: TLRUCache[str, _Kept] = TLRUCache(
            memory_bytes, ttu=lambda _, kept, now: now + kept.ttl, getsizeof=lambda k: len(k.body)
        )
        self._loading: dict[str, asyncio.Task[bytes]] = {}
        self._owed: set[UUID] = set()
        self._paying: asyncio.Task[None] | None = None

    async def changed(self, tenant_id: UUID) -> None:
        """Forget all that is kept of a workspace, everywhere, before the change is answered.

        While Redis is away this is tried until it succeeds, and this process keeps and finds
        nothing: others, that still reach Redis, may answer as before until then.
        """
        if self._owed:  # away: one asks for all
            self._owed.add(tenant_id)
            return
        try:
            await self._replace_word(tenant_id)
        except AWAY as error:
            log.warning("cache_not_told", error=type(error).__name__)
            self._owed.add(tenant_id)
            self._paying = asyncio.create_task(self._pay())

    async def _replace_word(self, tenant_id: UUID) -> None:
        await self._redis.set(_word(tenant_id), secrets.token_hex(8), ex=GENERATION_TTL)

    async def _pay(self) -> None:
        while self._owed:
            await asyncio.sleep(OWED_AGAIN)
            for tenant_id in list(self._owed):
                with suppress(*AWAY):
                    await self._replace_word(tenant_id)
                    self._owed.discard(tenant_id)

    async def stop(self) -> None:
        """Stop trying."""
        for task in (self._paying, *self._loading.values()):
            if task is not None:
                task.cancel()

    async def read(
        self, tenant_id: UUID, kind: Kind, name: str, load: Callable[[], Awaitable[bytes]]
    ) -> bytes:
        """The answer of this name, kept or loaded; one loads it for all who ask meanwhile.

        `name` must hold whatever the answer depends on: who asks, with which rights, for what.
        """
        generation = None if self._owed else await self._generation(tenant_id)
        if generation is None:
            return await load()
        key = f"cache:{tenant_id}:{generation}:{kind}:{name}"
        kept = self._memory.get(key)
        if kept is not None:
            CACHE_READS.labels("memory").inc()
            return kept.body
        loading = self._loading.get(key)
        if loading is None:
            loading = asyncio.create_task(self._load(key, TTL[kind], load))
            self._loading[key] = loading
            loading.add_done_callback(lambda done: self._loaded(key, done))
        # Whoever gives up waiting does not stop it for the others.
        return await asyncio.shield(loading)

    def _loaded(self, key: str, loading: asyncio.Task[bytes]) -> None:
        self._loading.pop(key, None)
        if not loading.cancelled():
            loading.exception()  # told to those who wait; nobody may be left who does

    async def _generation(self, tenant_id: UUID) -> str | None:
        try:
            word: Any = await self._redis.get(_word(tenant_id))
            if word is None:
                fresh = secrets.token_hex(8)
                await self._redis.set(_word(tenant_id), fresh, ex=GENERATION_TTL, nx=True)
                word = await self._redis.get(_word(tenant_id))
        except AWAY:
            return None
        return None if word is None else word.decode()

    async def _load(self, key: str, ttl: int, load: Callable[[], Awaitable[bytes]]) -> bytes:
        found = await self._shared(key)
        CACHE_READS.labels("nowhere" if found is None else "redis").inc()
        if found is None:
            try:
                found = await load()
            except BaseException:
                with suppress(*AWAY):
                    await self._redis.delete(f"{key}:loading")
                raise
            await self._share(key, found, ttl)
        with suppress(ValueError):  # larger than all that may be kept
            self._memory[key] = _Kept(found, ttl)
        return found

    async def _shared(self, key: str) -> bytes | None:
        """What another process has kept, or is loading just now; None makes us load it."""
        try:
            for _ in range(int(LOADING / LOOK_AGAIN)):
                body: Any = await self._redis.get(key)
                if body is not None:
                    return body
                if await self._redis.set(f"{key}:loading", 1, nx=True, px=int(LOADING * 1000)):
                    # Whoever loaded it may have been done between the two questions.
                    body = await self._redis.get(key)
                    if body is not None:
                        await self._redis.delete(f"{key}:loading")
                    return body
                await asyncio.sleep(LOOK_AGAIN)
        except AWAY:
            pass
        return None

    async def _share(self, key: str, body: bytes, ttl: int) -> None:
        with suppress(*AWAY):
            if len(body) <= LARGEST:
                await self._redis.set(key, body, ex=ttl)
            await self._redis.delete(f"{key}:loading")


def _word(tenant_id: UUID) -> str:
    return f"cache:{tenant_id}:generation"

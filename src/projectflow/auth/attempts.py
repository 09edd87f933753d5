"""Tries to get in: few an address and few an account, counted across all processes.

Only failures count. An account that somebody else hammers stays open to the addresses from which
its owner has signed in before, so that an attacker cannot lock the owner out.
"""

import asyncio
import hashlib
import math
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final
from weakref import WeakValueDictionary

import structlog
from limits import RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.asyncio import Redis
from redis.exceptions import RedisError

from projectflow.auth.limits import storage_over
from projectflow.core.problems import Problem
from projectflow.core.settings import Settings

KNOWN_FOR: Final = 30 * 24 * 3600
"""Seconds for which an address is known after a sign-in."""

log = structlog.get_logger()


class TooManyAttempts(Problem):
    """Too many authentication attempts. Wait, then try again."""

    status = 429


class Attempts:
    """Counts failed tries in Redis; in this process alone while Redis is away."""

    def __init__(self, redis: Redis, settings: Settings) -> None:
        """`login_attempts` failures are allowed in `login_window` seconds."""
        self._redis = redis
        self._limit = RateLimitItemPerSecond(settings.login_attempts, settings.login_window)
        self._shared = MovingWindowRateLimiter(storage_over(redis))
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def turn(self, address: str, account: str) -> AsyncGenerator[None]:
        """Have one try, after those before it: many sent at once are checked one by one.

        Raises:
            TooManyAttempts: as `check`.
        """
        async with self._lock(_key("address", address)), self._lock(_key("account", account)):
            await self.check(address, account)
            yield

    def _lock(self, key: str) -> asyncio.Lock:
        return self._turns.setdefault(key, asyncio.Lock())

    async def check(self, address: str, account: str) -> None:
        """Refuse when this address, or this account from an unknown address, has failed too often.

        Raises:
            TooManyAttempts: says after how many seconds to try again.
        """
        keys = [_key("address", address)]
        if not await self._is_known(address, account):
            keys.append(_key("account", account))
        for key in keys:
            try:
                await self._check(self._shared, key)
            except (RedisError, OSError, TimeoutError):
                await self._check(self._own, key)

    async def _check(self, limiter: MovingWindowRateLimiter, key: str) -> None:
        if await limiter.test(self._limit, key):
            return
        reset_time, _ = await limiter.get_window_stats(self._limit, key)
        raise TooManyAttempts(retry_after=max(1, math.ceil(reset_time - time.time())))

    async def failed(self, address: str, account: str) -> None:
        """Count a failure."""
        for key in (_key("address", address), _key("account", account)):
            await self._own.hit(self._limit, key)
            try:
                await self._shared.hit(self._limit, key)
            except (RedisError, OSError, TimeoutError) as error:
                log.warning("attempt_counted_here_only", error=type(error).__name__)

    async def succeeded(self, address: str, account: str) -> None:
        """Remember that the account's owner has been at this address."""
        try:
            await self._redis.set(_known(address, account), 1, ex=KNOWN_FOR)
        except (RedisError, OSError, TimeoutError):
            return

    async def _is_known(self, address: str, account: str) -> bool:
        try:
            return bool(await self._redis.exists(_known(address, account)))
        except (RedisError, OSError, TimeoutError):
            return False


def account_of(workspace: str, email: str) -> str:
    """How an account is counted: also one that does not exist, so that no answer tells."""
    return f"{workspace.lower()} {email.lower()}"


def _key(kind: str, value: str) -> str:
    """Counted under a hash: neither addresses nor e-mail addresses lie in Redis."""
    return f"auth:{kind}:{hashlib.sha256(value.encode()).hexdigest()[:32]}"


def _known(address: str, account: str) -> str:
    return _key("known", f"{address} {account}")

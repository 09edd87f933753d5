"""How many requests a person may make, and a workspace all together, counted across processes.

Each process takes a handful of requests at a time from the shared count in Redis, so that most
requests ask nobody. Near the limit it takes them one by one: the limit is never passed, and
nobody is refused while much is left elsewhere.
"""

import asyncio
import hashlib
import math
import time
from typing import Final, Literal
from uuid import UUID
from weakref import WeakValueDictionary

import structlog
from limits import RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import (
    MovingWindowRateLimiter,
    RateLimiter,
    SlidingWindowCounterRateLimiter,
)
from msgspec import Struct
from redis.asyncio import Redis
from redis.exceptions import RedisError

from projectflow.auth.plan_limits import limits_of
from projectflow.auth.types import Actor
from projectflow.core.metrics import REFUSED
from projectflow.core.problems import Problem
from projectflow.core.settings import PlanLimits, Settings

Kind = Literal["api", "upload", "workspace", "visitor"]
HANDFUL: Final[dict[Kind, int]] = {"api": 10, "upload": 1, "workspace": 100, "visitor": 10}
"""What a process takes at a time, if that is no more than a tenth of the quota."""
MOST_HELD: Final = 20_000
"""Counts that a process keeps at hand."""
log = structlog.get_logger()


class TooManyRequests(Problem):
    """Too many requests. Wait, then go on."""

    status = 429


class Allowance(Struct):
    """What is left of a limit: the quota, its window in seconds, and when all of it is back."""

    kind: Kind
    quota: int
    window: int
    left: int
    resets_at: float

    def headers(self) -> list[tuple[bytes, bytes]]:
        """As draft-ietf-httpapi-ratelimit-headers-10 writes it."""
        reset = max(0, math.ceil(self.resets_at - time.time()))
        return [
            (b"ratelimit-policy", f'"{self.kind}";q={self.quota};w={self.window}'.encode()),
            (b"ratelimit", f'"{self.kind}";r={self.left};t={reset}'.encode()),
        ]


class _Held(Struct):
    """Requests taken from the shared count and not used yet."""

    units: int
    until: float
    shared_left: int
    resets_at: float


class Limits:
    """Counts requests in Redis; in this process alone while Redis is away."""

    def __init__(self, redis: Redis, settings: Settings) -> None:
        """The quotas are the deployment's, or those of the workspace's plan."""
        self._settings = settings
        shared, own = storage_over(redis), MemoryStorage()
        self._exact: tuple[RateLimiter, RateLimiter] = (
            MovingWindowRateLimiter(shared),
            MovingWindowRateLimiter(own),
        )
        # A large quota is counted by two numbers instead of a list of moments.
        self._rough: tuple[RateLimiter, RateLimiter] = (
            SlidingWindowCounterRateLimiter(shared),
            SlidingWindowCounterRateLimiter(own),
        )
        self._held: dict[str, _Held] = {}
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def request(self, actor: Actor) -> Allowance:
        """Count one request of a person's, and of their workspace's.

        Raises:
            TooManyRequests: either has no more; says when to come back.
        """
        quota, window = self._plan(actor.plan).api, self._settings.api_window
        # First: who has no more takes nothing of what their colleagues may.
        allowance = await self._take("api", f"{actor.tenant_id}:{actor.user_id}", quota, window)
        await self.workspace(actor.tenant_id, actor.plan)
        return allowance

    async def workspace(self, tenant_id: UUID, plan: str) -> None:
        """Count one request of a workspace's, whoever makes it.

        Raises:
            TooManyRequests: its budget is used up.
        """
        quota, window = self._plan(plan).workspace, self._settings.api_window
        await self._take("workspace", f"{tenant_id}", quota, window)

    async def upload(self, actor: Actor) -> None:
        """Count one upload of a person's.

        Raises:
            TooManyRequests: they have uploaded enough for now.
        """
        plan, key = self._plan(actor.plan), f"{actor.tenant_id}:{actor.user_id}"
        await self._take("upload", key, plan.upload, self._settings.upload_window)

    async def visitor(self, address: str) -> Allowance:
        """Count one request of somebody who is not signed in.

        Raises:
            TooManyRequests: their address has made too many.
        """
        hashed = hashlib.sha256(address.encode()).hexdigest()[:32]
        settings = self._settings
        return await self._take("visitor", hashed, settings.visitor_limit, settings.api_window)

    def _plan(self, name: str) -> PlanLimits:
        return limits_of(self._settings, name)

    async def _take(self, kind: Kind, key: str, quota: int, window: int) -> Allowance:
        name = f"limit:{kind}:{key}"
        held = self._in_hand(name)
        if held is None:
            # One asks for all that came meanwhile: what each took would be lost to the others.
            async with self._turns.setdefault(name, asyncio.Lock()):
                held = self._in_hand(name)
                if held is None:
                    held = await self._take_more(kind, name, quota, window)
                held.units -= 1
        else:
            held.units -= 1
        return Allowance(kind, quota, window, held.shared_left + held.units, held.resets_at)

    def _in_hand(self, name: str) -> _Held | None:
        """What was taken before, if any of it is left and still counts."""
        held = self._held.get(name)
        return held if held and held.units > 0 and held.until > time.time() else None

    async def _take_more(self, kind: Kind, name: str, quota: int, window: int) -> _Held:
        before = self._held.get(name)
        item = RateLimitItemPerSecond(quota, window)
        shared, own = self._rough if kind == "workspace" else self._exact
        plenty = before is None or before.shared_left > quota // 2
        handful = max(1, min(quota // 10, HANDFUL[kind])) if plenty else 1
        # A workspace's count is told to nobody: it matters when a handful is not enough.
        asked = kind != "workspace" or before is not None
        try:
            held = await _hit(shared, item, name, handful, asked=asked)
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("requests_counted_here_only", error=type(error).__name__)
            held = await _hit(own, item, name, 1, asked=asked)
        if len(self._held) >= MOST_HELD:
            del self._held[next(iter(self._held))]
        self._held[name] = held
        return held


async def _hit(
    limiter: RateLimiter, item: RateLimitItemPerSecond, name: str, units: int, *, asked: bool
) -> _Held:
    """Take units. What is left is looked up where it was `asked` for, else it is a guess."""
    while not await limiter.hit(item, name, cost=units):
        if units == 1:
            REFUSED.inc()
            stats = await limiter.get_window_stats(item, name)
            raise TooManyRequests(retry_after=max(1, math.ceil(stats.reset_time - time.time())))
        units = 1
    if not asked:
        return _Held(units, time.time() + item.get_expiry(), item.amount - units, time.time())
    stats = await limiter.get_window_stats(item, name)
    return _Held(units, time.time() + item.get_expiry(), stats.remaining, stats.reset_time)


def storage_over(redis: Redis) -> Storage:
    """The library's storage on the connections that we have."""
    return RedisStorage(
        "async+redis://localhost:6379",  # not used: the pool knows where
        implementation="redispy",
        connection_pool=redis.connection_pool,  # pyright: ignore[reportArgumentType]
    )

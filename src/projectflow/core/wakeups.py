"""Telling the worker that a tenant's log has grown, after the commit and without waiting for it.

One sorted set in Redis holds the tenants, each once, the longest waiting first; a worker takes
them out. It is a hint: what gets lost here, or while Redis is away, the worker's sweep finds in
the database (docs/decisions/0012).
"""

import asyncio
import time
from contextlib import suppress
from typing import Final
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

KEY: Final = "events:wake"
GATHER_SECONDS: Final = 0.001
"""What is written within this time of each other is told in one command."""
log = structlog.get_logger()


class Wakeups:
    """One a process that writes: its `wake` goes into `Database.after_commit`."""

    def __init__(self, redis: Redis) -> None:
        """Nothing is sent until somebody writes."""
        self._redis = redis
        self._waiting: set[UUID] = set()
        self._sending: asyncio.Task[None] | None = None
        self._failed = False

    async def wake(self, tenant_id: UUID) -> None:
        """Have the worker look at this tenant's log soon. Returns at once and never fails."""
        self._waiting.add(tenant_id)
        if self._sending is None:
            self._sending = asyncio.get_running_loop().create_task(self._send())

    async def _send(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(GATHER_SECONDS)
                tenants, self._waiting = self._waiting, set()
                now = time.time()
                await self._redis.zadd(KEY, {str(each): now for each in tenants}, nx=True)
            self._failed = False
        except (RedisError, OSError, TimeoutError) as error:
            self._waiting.clear()
            if not self._failed:
                log.warning("worker_not_woken", error=type(error).__name__)
            self._failed = True
        finally:
            self._sending = None

    async def stop(self) -> None:
        """Send what waits, for half a second at most."""
        if self._sending is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._sending, timeout=0.5)

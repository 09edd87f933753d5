"""Work on tenants: many side by side, each of them by one at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID


def must_end() -> bool:
    """Whether this task was cancelled: to be asked in a loop that would go on for ever.

    With Python 3.11 asyncpg and redis-py swallow a cancellation that comes at the same moment as
    a connection or an answer.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class Turns:
    """Calls `work(tenant)` for each tenant that is named, once for any number of namings.

    One that is named while its work is under way gets another turn afterwards.
    """

    def __init__(self, work: Callable[[UUID], Awaitable[None]], at_once: int) -> None:
        """`work` must not raise but to end everything."""
        self._work = work
        self._at_once = at_once
        self._queue: asyncio.Queue[UUID] = asyncio.Queue()
        self._queued: set[UUID] = set()
        self._under_way: set[UUID] = set()
        self._again: set[UUID] = set()

    def add(self, tenant_id: UUID) -> None:
        """Name a tenant."""
        if tenant_id in self._under_way:
            self._again.add(tenant_id)
        elif tenant_id not in self._queued:
            self._queued.add(tenant_id)
            self._queue.put_nowait(tenant_id)

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self._at_once):
                group.create_task(self._take_turns())

    async def _take_turns(self) -> None:
        while not must_end():
            tenant_id = await self._queue.get()
            self._queued.discard(tenant_id)
            self._under_way.add(tenant_id)
            try:
                await self._work(tenant_id)
            finally:
                self._under_way.discard(tenant_id)
            if tenant_id in self._again:
                self._again.discard(tenant_id)
                self.add(tenant_id)

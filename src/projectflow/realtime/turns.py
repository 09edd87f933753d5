"""Work on tenants: many side by side, each of them by one at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID


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
        while True:
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

"""Ending a background task for good."""

import asyncio
from typing import Any

AGAIN = 0.5
"""Seconds after which a task that goes on is cancelled again."""


async def end(task: "asyncio.Task[Any] | None") -> None:
    """Cancel a task until it has ended; what it raised is not told.

    Now and then asyncpg and redis-py on Python 3.11 take a cancellation for a time-out of their
    own, as `asyncio.wait_for` can (cpython issue 86296), and the task goes on.
    """
    while task is not None and not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=AGAIN)
    if task is not None and not task.cancelled():
        task.exception()

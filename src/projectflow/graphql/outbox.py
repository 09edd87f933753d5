"""What waits to be sent to one client: in order, bounded, written by a task while there is any."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final

from litestar.types import Send

from projectflow.core.endings import end

CLOSE_SECONDS: Final = 10.0
"""For so long somebody who does not read may still fetch the close frame."""
SLOW_SECONDS: Final = 30.0
"""For so long somebody who catches up may read nothing."""
TOO_SLOW: Final = (4508, "You read too slowly")

Item = str | Callable[[], Awaitable[str]]
"""A message, or what makes it when its turn comes; empty for none."""


class Gone(Exception):
    """The connection has ended."""


class Outbox:
    """Of one connection."""

    __slots__ = ("_abort", "_limit", "_room", "_send", "_sending", "_timer", "_waiting", "closing")

    def __init__(self, send: Send, limit: int, abort: Callable[[], None] | None) -> None:
        """More than `limit` messages are not kept; `abort` cuts off whoever reads nothing."""
        self._send = send
        self._limit = limit
        self._abort = abort
        self._waiting: deque[Item] | None = None
        self._sending: asyncio.Task[None] | None = None
        self._room: asyncio.Event | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.closing: tuple[int, str] | None = None
        """With which code and reason the connection ends."""

    def push(self, item: Item) -> None:
        """Send this in its turn. For whom too much waits, the connection ends."""
        if self.closing is not None:
            return
        if self._waiting is None:
            self._waiting = deque()
        if len(self._waiting) >= self._limit:
            self.close(*TOO_SLOW)
            return
        self._waiting.append(item)
        if self._sending is None:
            self._sending = asyncio.create_task(self._send_all())

    def close(self, code: int, reason: str) -> None:
        """End the connection; what waits is not sent any more."""
        if self.closing is not None:
            return
        self.closing = (code, reason[:120])
        self._waiting = None
        if self._room is not None:
            self._room.set()
        if self._abort is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(CLOSE_SECONDS, self._abort)
        if self._sending is None:
            self._sending = asyncio.create_task(self._send_all())

    async def room(self) -> None:
        """Wait until no more waits than half of what may.

        Raises:
            Gone: the connection has ended, or reads nothing.
        """
        while self._is_half_full():
            self._room = room = asyncio.Event()
            with suppress(TimeoutError):
                await asyncio.wait_for(room.wait(), SLOW_SECONDS)
            if not room.is_set():
                self.close(*TOO_SLOW)
        if self.closing is not None:
            raise Gone

    def _is_half_full(self) -> bool:
        return self._waiting is not None and len(self._waiting) * 2 > self._limit

    async def _send_all(self) -> None:
        try:
            while self._waiting:
                item = self._waiting.popleft()
                text = item if isinstance(item, str) else await item()
                if text and self.closing is None:
                    await self._send({"type": "websocket.send", "bytes": None, "text": text})
                if self._room is not None and not self._is_half_full():
                    self._room.set()
                    self._room = None
            self._waiting = None
            if self.closing is not None:
                code, reason = self.closing
                await self._send({"type": "websocket.close", "code": code, "reason": reason})
        except OSError:
            # The client is gone, which the receiving side hears too.
            self.closing = self.closing or (1006, "")
            self._waiting = None
        finally:
            self._sending = None

    async def finish(self) -> None:
        """Send nothing any more: the client is gone."""
        self.closing = self.closing or (1006, "")
        self._waiting = None
        if self._room is not None:
            self._room.set()
        if self._timer is not None:
            self._timer.cancel()
        sending: asyncio.Task[Any] | None = self._sending
        await end(sending)

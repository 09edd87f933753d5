"""One connection to Redis a process, on which all live channels of its subscribers are heard."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from typing import Any, Final

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from projectflow.core.endings import end

RECONNECT_SECONDS: Final = 1.0
HEARD_WITHIN: Final = 2.0
"""Seconds for which somebody waits to be heard before going on without."""
AT_ONCE: Final = 500
"""Channels in one command after a reconnection."""
ALWAYS: Final = "live:reader"
"""A channel on which nothing is said: it holds the connection while nobody listens."""
AWAY: Final = (RedisError, OSError, TimeoutError)
log = structlog.get_logger()

Hear = Callable[[bytes], None]


class Reader:
    """Who listens to which channel."""

    def __init__(self, redis: Redis, begun: Callable[[str], None]) -> None:
        """`begun` is told of each channel that is heard from now on, also after a break."""
        self._redis = redis
        self._begun = begun
        self._hearers: dict[str, Hear] = {}
        self._waiting: defaultdict[str, list[asyncio.Event]] = defaultdict(list)
        self._pubsub: PubSub | None = None
        self._task: asyncio.Task[None] | None = None
        self._speaking = asyncio.Lock()

    async def listen(self, channel: str, hear: Hear) -> None:
        """Hear a channel. Returns once it is heard, or after 2 s while Redis is away."""
        self._hearers[channel] = hear
        if self._task is None:
            self._task = asyncio.create_task(self._keep_reading())
        heard = asyncio.Event()
        self._waiting[channel].append(heard)
        await self._say("subscribe", channel)
        try:
            await asyncio.wait_for(heard.wait(), HEARD_WITHIN)
        except TimeoutError:
            log.warning("live_channel_not_heard")

    async def forget(self, channel: str) -> None:
        """Hear it no more."""
        if self._hearers.pop(channel, None) is not None:
            await self._say("unsubscribe", channel)

    async def stop(self) -> None:
        """Hear nothing any more."""
        await end(self._task)

    async def _say(self, command: str, *channels: str) -> None:
        """Tell Redis; while it is away the next connection says all of it anew."""
        pubsub = self._pubsub
        if pubsub is None:
            return
        try:
            async with self._speaking:
                await getattr(pubsub, command)(*channels)
        except AWAY:
            await pubsub.aclose()

    async def _keep_reading(self) -> None:
        was_away = False
        while True:
            pubsub = self._redis.pubsub()
            try:
                await pubsub.subscribe(ALWAYS)
                self._pubsub = pubsub
                # What an earlier connection was asked, nobody answers on this one.
                for channel, events in list(self._waiting.items()):
                    self._waiting[channel] = events[-1:]
                names = list(self._hearers)
                for start in range(0, len(names), AT_ONCE):
                    await self._say("subscribe", *names[start : start + AT_ONCE])
                was_away = False
                await self._read(pubsub)
            except AWAY as error:
                if not was_away:
                    log.warning("live_channels_not_heard", error=type(error).__name__)
                was_away = True
            finally:
                self._pubsub = None
                await pubsub.aclose()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _read(self, pubsub: PubSub) -> None:
        while True:
            message: Any = await pubsub.get_message(timeout=5.0)
            if message is None:
                if pubsub.connection is None or not pubsub.connection.is_connected:
                    raise ConnectionError
                # Says something now and then, so that a connection that is dead is noticed.
                await pubsub.ping()
                continue
            if message["type"] == "message":
                hear = self._hearers.get(message["channel"].decode())
                if hear is not None:
                    hear(message["data"])
            elif message["type"] == "subscribe":
                self._confirmed(message["channel"].decode())

    def _confirmed(self, channel: str) -> None:
        """Redis answers in the order in which it was asked."""
        waiting = self._waiting.get(channel)
        if waiting:
            waiting.pop(0).set()
            if not waiting:
                del self._waiting[channel]
        if channel in self._hearers:
            self._begun(channel)

"""A live connection: graphql-transport-ws, one ASGI task and no other while it is idle.

The protocol: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

import asyncio
import time
from collections import deque
from contextlib import suppress
from typing import Any, Final, Literal
from uuid import UUID

import msgspec
import structlog
from graphql import ExecutionResult, create_source_event_stream
from litestar import Litestar
from litestar.datastructures import State
from litestar.types import ASGIApp, Receive, Scope, Send
from msgspec import Struct

from projectflow.auth.browser import household
from projectflow.auth.edge import recognise
from projectflow.auth.limits import Limits, TooManyRequests
from projectflow.auth.tokens import NotSignedIn
from projectflow.auth.types import Actor
from projectflow.core.db import Database
from projectflow.core.endings import end
from projectflow.core.http import Unforeseen, problem_of
from projectflow.core.problems import Problem
from projectflow.core.settings import Settings
from projectflow.graphql.audience import may_see_tasks
from projectflow.graphql.context import Context
from projectflow.graphql.documents import RefusedDocument
from projectflow.graphql.execution import PATH, Engine, Prepared, body_of, problem_told, refusal
from projectflow.graphql.feed import AWAY, Feed
from projectflow.graphql.hub import Hub, TooManyConnections
from projectflow.graphql.streams import Source

PROTOCOL: Final = "graphql-transport-ws"
CLOSE_SECONDS: Final = 10.0
"""For so long somebody who does not read may still fetch the close frame."""
SLOW_SECONDS: Final = 30.0
"""For so long somebody who catches up may read nothing."""
MAX_CREDENTIALS: Final = 10_000
log = structlog.get_logger()


class Message(Struct, frozen=True):
    """What a client says."""

    type: Literal["connection_init", "ping", "pong", "subscribe", "complete"]
    id: str = ""
    payload: msgspec.Raw = msgspec.Raw(b"null")


class Subscribe(Struct, frozen=True):
    """The payload of an operation."""

    query: str
    operationName: str | None = None  # noqa: N815 - the protocol's word
    variables: dict[str, Any] | None = None
    extensions: dict[str, Any] | None = None


_messages = msgspec.json.Decoder(Message)


class Gone(Exception):
    """The connection has ended."""


class Socket:
    """One connection of one person or key."""

    __slots__ = (
        "__weakref__", "_abort", "_address", "_closing", "_expires_at", "_feed", "_is_known",
        "_operations", "_outbox", "_receive", "_room", "_send", "_sending", "_state", "_timer",
        "actor",
    )  # fmt: skip

    actor: Actor

    def __init__(self, state: State, scope: Scope, receive: Receive, send: Send) -> None:
        """Nothing is known of who it is."""
        self._state = state
        self._receive = receive
        self._send = send
        client: Any = scope.get("client")
        self._address = household(client[0] if client else "unknown")
        self._abort: Any = scope.get("projectflow.abort")
        self._feed: Feed | None = None
        self._is_known = False
        self._expires_at = 0.0
        self._operations: dict[str, Source | asyncio.Task[None]] = {}
        self._outbox: deque[str | tuple[Source, Any]] | None = None
        self._sending: asyncio.Task[None] | None = None
        self._closing: tuple[int, str] | None = None
        self._room: asyncio.Event | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def hub(self) -> Hub:
        """All that is live in this process."""
        return self._state.hub

    @property
    def _settings(self) -> Settings:
        return self._state.settings

    async def run(self, scope: Scope) -> None:
        """Speak with the client until one of the two ends it."""
        await self._receive()
        offered: Any = scope.get("subprotocols", ())
        if PROTOCOL not in offered:
            await self._send({"type": "websocket.accept", "subprotocol": None, "headers": []})
            await self._send(
                {"type": "websocket.close", "code": 4406, "reason": "Subprotocol not acceptable"}
            )
            return
        await self._send({"type": "websocket.accept", "subprotocol": PROTOCOL, "headers": []})
        loop = asyncio.get_running_loop()
        wait = self._settings.live_init_timeout
        self._timer = loop.call_later(wait, self.end, 4408, "Connection initialisation timeout")
        try:
            while (message := await self._receive())["type"] == "websocket.receive":
                await self._take(message.get("text"))
        finally:
            await self._finish()

    async def _finish(self) -> None:
        self._closing = self._closing or (1000, "")
        if self._timer is not None:
            self._timer.cancel()
        for name in tuple(self._operations):
            await self._drop(name)
        if self._is_known:
            await self.hub.leave(self)
        await end(self._sending)

    async def _take(self, text: Any) -> None:
        if self._closing is not None:
            return
        try:
            message = _messages.decode(text) if isinstance(text, str) else None
        except (msgspec.MsgspecError, RecursionError):
            message = None
        if message is None:
            self.end(4400, "Invalid message")
            return
        match message.type:
            case "connection_init":
                await self._init(message.payload)
            case "ping":
                self._say('{"type":"pong"}')
            case "subscribe":
                await self._subscribe(message)
            case "complete":
                await self._drop(message.id)
            case "pong":
                pass

    async def _init(self, payload: msgspec.Raw) -> None:
        if self._is_known:
            self.end(4429, "Too many initialisation requests")
            return
        try:
            self.actor = await recognise(self._state, _credentials(payload))
        except NotSignedIn:
            await self._refuse_stranger()
            return
        limits: Limits = self._state.limits
        try:
            await limits.request(self.actor)
            self._is_known = True
            self._feed = await self.hub.admit(self)
            self._expires_at = await self._expiry()
        except (TooManyRequests, TooManyConnections) as problem:
            self.end(4429, problem.detail)
        except AWAY:
            self.end(1013, "The service is away for the moment")
        else:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            if self.still_counts():
                self._say('{"type":"connection_ack"}')

    async def _refuse_stranger(self) -> None:
        limits: Limits = self._state.limits
        try:
            await limits.visitor(self._address)
        except TooManyRequests as problem:
            self.end(4429, problem.detail)
        else:
            self.end(4401, "Sign in first")

    async def _expiry(self) -> float:
        """When the credentials end, in seconds since 1970."""
        actor = self.actor
        if not actor.is_key:
            return int(actor.issued_at) + self._settings.access_token_ttl
        database: Database = self._state.database
        async with database.tenant(actor.tenant_id, read_only=True) as db:
            ends_at = await db.fetchval(
                "SELECT expires_at FROM api_keys WHERE tenant_id = $1 AND id = $2",
                actor.tenant_id,
                actor.session_id,
            )
        return float("inf") if ends_at is None else ends_at.timestamp()

    def still_counts(self) -> bool:
        """Whether this connection may be told anything; ends it where it may not."""
        if self._closing is not None:
            return False
        if self._feed is None:
            return True
        if time.time() >= self._expires_at:
            self.end(4401, "The token has expired")
            return False
        if self.hub.revocations.refuses(self.actor):
            if self.hub.revocations.refuses_person(self.actor):
                self.end(4403, "Your role or membership has changed")
            else:
                self.end(4401, "The session has ended")
            return False
        return True

    def sees_tasks_of(self, project_id: UUID) -> bool:
        """Whether the tasks of a project may be seen, as things are now."""
        if self._feed is None or not self.still_counts():
            return False
        role = self._feed.roles.get(self.actor.user_id, {}).get(project_id)
        return may_see_tasks(self.actor, project_id, role)

    async def _subscribe(self, message: Message) -> None:
        if self._feed is None:
            self.end(4401, "Unauthorized")
            return
        if message.id in self._operations:
            self.end(4409, f"Subscriber for {message.id[:60]} already exists")
            return
        try:
            asked = msgspec.json.decode(message.payload, type=Subscribe)
        except (msgspec.MsgspecError, RecursionError):
            self.end(4400, "Invalid subscribe message")
            return
        try:
            if len(self._operations) >= self._settings.live_subscriptions:
                raise TooManyConnections("This connection has too many operations under way.")
            limits: Limits = self._state.limits
            await limits.request(self.actor)
            engine: Engine = self._state.graphql
            prepared = engine.prepare(asked.query, asked.operationName, asked.variables)
            if prepared.is_subscription:
                await self._begin(message.id, prepared)
            else:
                answering = asyncio.create_task(self._answer(message.id, prepared))
                self._operations[message.id] = answering
        except RefusedDocument as refused:
            self._say_error(message.id, refusal(refused)["errors"])
        except Exception as error:  # noqa: BLE001 - an operation fails alone, and is logged
            self._say_error(message.id, [self._told(error)])

    def _told(self, error: Exception) -> dict[str, Any]:
        problem: Problem | None = problem_of(error)
        if problem is None:
            log.error("unforeseen_error", exc_info=error, path=PATH)
            problem = Unforeseen()
        return problem_told(problem)

    async def _begin(self, name: str, prepared: Prepared) -> None:
        feed = self._feed
        if feed is None:
            raise NotSignedIn
        engine: Engine = self._state.graphql
        executor = engine.subscriber(Context(self.actor, database=self._state.database), prepared)
        found: Any = create_source_event_stream(executor)
        source = await found if executor.is_awaitable(found) else found
        if isinstance(source, ExecutionResult):
            self._say_error(name, body_of(source)["errors"])
            return
        if source.after is not None:
            feed.check_start(source.after)
        source.bind(self, name, executor, prepared)
        self._operations[name] = source
        feed.streams.add(source)
        if source.after is not None and source.after < feed.seq:
            source.catching_up = asyncio.create_task(self._catch_up(name, source, source.after))
        else:
            source.is_live = True
        await source.begin()

    async def _catch_up(self, name: str, source: Source, after: int) -> None:
        feed = self._feed
        if feed is None:
            return
        try:
            await feed.catch_up(source, after)
        except Gone:
            return
        except Exception as error:  # noqa: BLE001 - told to the subscriber; it may begin again
            self._say_error(name, [self._told(error)])
            await self._drop(name)
        finally:
            source.catching_up = None

    async def _answer(self, name: str, prepared: Prepared) -> None:
        engine: Engine = self._state.graphql
        try:
            result = await engine.answer(self.actor, prepared)
        except Exception as error:  # noqa: BLE001 - an operation fails alone, and is logged
            self._say_error(name, [self._told(error)])
        else:
            message = {"id": name, "type": "next", "payload": body_of(result)}
            self._say(msgspec.json.encode(message).decode())
            self._say(msgspec.json.encode({"id": name, "type": "complete"}).decode())
        finally:
            self._operations.pop(name, None)

    async def _drop(self, name: str) -> None:
        """End an operation."""
        operation = self._operations.pop(name, None)
        if isinstance(operation, Source):
            if self._feed is not None:
                self._feed.streams.discard(operation)
            if operation.catching_up is not asyncio.current_task():
                await end(operation.catching_up)
            operation.is_live = False
            await operation.end()
        elif operation is not None:
            await end(operation)

    def offer(self, source: Source, value: Any) -> None:
        """Send what a subscription hears, in its turn; who reads too slowly is dropped."""
        if self._closing is None:
            self._push((source, value))

    def _say(self, text: str) -> None:
        if self._closing is None:
            self._push(text)

    def _say_error(self, name: str, errors: list[dict[str, Any]]) -> None:
        message = {"id": name, "type": "error", "payload": errors}
        self._say(msgspec.json.encode(message).decode())

    def _push(self, item: str | tuple[Source, Any]) -> None:
        if self._outbox is None:
            self._outbox = deque()
        if len(self._outbox) >= self._settings.live_queue:
            self.end(4508, "You read too slowly")
            return
        self._outbox.append(item)
        if self._sending is None:
            self._sending = asyncio.create_task(self._send_all())

    async def room(self) -> None:
        """Wait until what is to be sent is no more than half of what may wait.

        Raises:
            Gone: the connection has ended, or reads nothing.
        """
        while self._outbox is not None and len(self._outbox) * 2 > self._settings.live_queue:
            self._room = asyncio.Event()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._room.wait(), SLOW_SECONDS)
            if not self._room.is_set():
                self.end(4508, "You read too slowly")
            self._room = None
        if self._closing is not None:
            raise Gone

    def end(self, code: int, reason: str) -> None:
        """Close the connection; what waits is not sent any more."""
        if self._closing is not None:
            return
        self._closing = (code, reason[:120])
        self._outbox = None
        if self._room is not None:
            self._room.set()
        if self._timer is not None:
            self._timer.cancel()
        if self._abort is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(CLOSE_SECONDS, self._abort)
        if self._sending is None:
            self._sending = asyncio.create_task(self._send_all())

    async def _send_all(self) -> None:
        """The one task that writes: what waits in its order, then the end."""
        engine: Engine = self._state.graphql
        try:
            while self._outbox:
                item = self._outbox.popleft()
                text = item if isinstance(item, str) else await self._text(engine, *item)
                if text:
                    await self._send({"type": "websocket.send", "bytes": None, "text": text})
                if (
                    self._room is not None
                    and len(self._outbox or ()) * 2 <= self._settings.live_queue
                ):
                    self._room.set()
            self._outbox = None
            if self._closing is not None:
                code, reason = self._closing
                await self._send({"type": "websocket.close", "code": code, "reason": reason})
        except OSError:
            # The client is gone, which the receiving side hears too.
            self._closing = self._closing or (1006, "")
            self._outbox = None
        finally:
            self._sending = None

    async def _text(self, engine: Engine, source: Source, value: Any) -> str:
        if self._operations.get(source.name) is not source:
            return ""
        try:
            return await engine.event_text(source, value)
        except Exception as error:  # noqa: BLE001 - the stream ends: it cannot leave one out
            self._say_error(source.name, [self._told(error)])
            self._operations.pop(source.name, None)
            if self._feed is not None:
                self._feed.streams.discard(source)
            return ""


def _credentials(payload: msgspec.Raw) -> str:
    """What `connection_init` says of who it is.

    Raises:
        NotSignedIn: nothing.
    """
    try:
        said: Any = msgspec.json.decode(payload, type=dict[str, Any] | None) or {}
    except (msgspec.MsgspecError, RecursionError):
        raise NotSignedIn from None
    text = said.get("Authorization", said.get("authorization"))
    if not isinstance(text, str) or len(text) > MAX_CREDENTIALS:
        raise NotSignedIn
    scheme, _, credentials = text.partition(" ")
    if scheme.lower() != "bearer" or not credentials.isascii():
        raise NotSignedIn
    return credentials


def with_sockets(app: ASGIApp, litestar: Litestar) -> ASGIApp:
    """Answer WebSockets at /graphql; all else goes on as before."""

    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and scope["path"] == PATH:
            with suppress(OSError):
                await Socket(litestar.state, scope, receive, send).run(scope)
        else:
            await app(scope, receive, send)

    return run

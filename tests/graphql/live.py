"""A real server process, and clients that speak graphql-transport-ws to it."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import msgspec
import websockets
from tests.people import Person
from websockets.asyncio.client import ClientConnection

from projectflow.core.settings import Settings

ROOT = Path(__file__).parents[2]
EVENTS = "subscription ($after: Int) { workspaceEvents(after: $after) { seq type entityId } }"


class Server:
    """`projectflow serve`, beside the app of the tests and on its engines."""

    def __init__(self, settings: Settings, **more: str) -> None:
        self._settings = settings
        self._more = more
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/graphql"
        self.ws = f"ws://127.0.0.1:{self.port}/graphql"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        settings = self._settings
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT / "src"),
            "DATABASE_URL": str(settings.database_url),
            "REDIS_URL": str(settings.redis_url),
            "PROJECTFLOW_HOME": str(settings.home),
            "PROJECTFLOW_PORT": str(self.port),
            # Tokens of the tests' own app count here too.
            "PROJECTFLOW_PUBLIC_URL": settings.url,
            "PROJECTFLOW_LOG_LEVEL": "warning",
            "PROJECTFLOW_API_LIMIT": "100000",
            "PROJECTFLOW_DATABASE_POOL_MIN": "1",
            "PROJECTFLOW_DATABASE_POOL_MAX": "8",
            **self._more,
        }
        command = [sys.executable, "-m", "projectflow", "serve"]
        self._process = subprocess.Popen(command, env=environment)
        deadline = time.monotonic() + 120
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{self.port}/ready").raise_for_status()
            except httpx.HTTPError:
                assert self._process.poll() is None, "the server ended"
                assert time.monotonic() < deadline, "the server does not answer"
                time.sleep(0.05)
            else:
                return self

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def ask_to_stop(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=60)
            self._process = None


def bearer(person: Person) -> str:
    return str(person.client.headers["Authorization"])


class Live:
    """One connection of a client: `async with Live(server, authorization) as live`."""

    def __init__(self, server: Server, authorization: str | None, **options: Any) -> None:
        self._server = server
        self._authorization = authorization
        self._options = options
        self._names = 0
        self.socket: ClientConnection

    async def __aenter__(self) -> Self:
        await self.open()
        await self.init()
        return self

    async def open(self) -> None:
        self.socket = await websockets.connect(
            self._server.ws,
            subprotocols=[websockets.Subprotocol("graphql-transport-ws")],
            compression=None,
            **self._options,
        )

    async def init(self) -> None:
        payload = {"Authorization": self._authorization} if self._authorization else {}
        await self.say(type="connection_init", payload=payload)
        assert await self.hear() == {"type": "connection_ack"}

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        await self.socket.close()

    async def say(self, **message: Any) -> None:
        await self.socket.send(msgspec.json.encode(message).decode())

    async def hear(self, seconds: float = 10) -> dict[str, Any]:
        return msgspec.json.decode(await asyncio.wait_for(self.socket.recv(), seconds))

    async def subscribe(self, query: str, **variables: Any) -> str:
        """Begin an operation; what was said before it began is known to be done."""
        self._names += 1
        name = f"op{self._names}"
        await self.say(type="subscribe", id=name, payload={"query": query, "variables": variables})
        return name

    async def settled(self) -> None:
        """The server has taken all that was said: messages are taken in their order."""
        await self.say(type="ping")
        while (await self.hear())["type"] != "pong":
            pass

    async def next(self, name: str | None = None, seconds: float = 10) -> dict[str, Any]:
        """What the next event says."""
        message = await self.hear(seconds)
        assert message["type"] == "next", message
        assert name in {None, message["id"]}, message
        assert "errors" not in message["payload"], message
        return message["payload"]["data"]

    async def nexts(self, field: str, count: int) -> list[Any]:
        return [(await self.next())[field] for _ in range(count)]

    async def closed(self, seconds: float = 10) -> tuple[int, str]:
        """The code and reason with which the server ends the connection."""
        async with asyncio.timeout(seconds):
            while True:
                try:
                    await self.socket.recv()
                except websockets.ConnectionClosed as gone:
                    # Without a close frame it was cut off, which no test wants.
                    return (gone.rcvd.code, gone.rcvd.reason) if gone.rcvd else (0, "cut off")

"""Fifty writers, and clients that follow them, over processes that are killed meanwhile."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import uuid4

import httpx
import websockets
from tests.embedded.stack import Stack, free_port, kill, wait_until

PASSWORD = "correct horse battery staple"
AGAIN = (httpx.TransportError, websockets.WebSocketException, OSError, TimeoutError)
"""What a client sees of a server that was killed."""


class Servers:
    """The API of `up` and a second process beside it; requests go to either."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.second_port = free_port()
        self.ports = (stack.port, self.second_port)
        self.start_second()

    def start_second(self) -> None:
        told = self.stack.told()
        self.second = subprocess.Popen(
            [sys.executable, "-m", "projectflow", "serve"],
            env=self.stack.environment
            | {
                "DATABASE_URL": told["database_url"],
                "REDIS_URL": told["redis_url"],
                "PROJECTFLOW_PORT": str(self.second_port),
                # Both are the same service to whoever issued a token.
                "PROJECTFLOW_PUBLIC_URL": f"http://localhost:{self.stack.port}",
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    async def kill(self, name: str) -> None:
        """kill -9; `up` starts its own again, the second API is started here."""
        if name == "second api":
            self.second.kill()
            self.second.wait()
            self.start_second()
            return
        before = self.stack.pid(name)
        kill(before)
        await asyncio.to_thread(wait_until, lambda: self.stack.pid(name) != before, 30)

    def stop(self) -> None:
        self.second.terminate()
        self.second.wait(timeout=20)


class Session:
    """Somebody signed in, who asks again until there is an answer."""

    def __init__(self, servers: Servers, token: str) -> None:
        self.servers = servers
        self.token = token
        self.client = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {token}"}, timeout=10, trust_env=False
        )
        self.repeats = 0

    async def ask(self, turn: int, method: str, path: str, body: Any = None) -> httpx.Response:
        """Send until the answer is neither 5xx nor none; always with the same Idempotency-Key."""
        headers = {"Idempotency-Key": uuid4().hex} if method == "POST" else {}
        while True:
            port = self.servers.ports[turn % 2]
            with suppress(*AGAIN):
                answer = await self.client.request(
                    method, f"http://127.0.0.1:{port}/api/v1{path}", json=body, headers=headers
                )
                # 409: the first try with this key still runs, or its locks are not gone yet.
                if answer.status_code < 500 and answer.status_code != 409:
                    return answer
            turn += 1
            self.repeats += 1
            await asyncio.sleep(0.1)


async def sign_up(servers: Servers) -> Session:
    """The owner of a new workspace."""
    body = {
        "slug": f"w{uuid4().hex}",
        "name": "Faults",
        "owner": {"email": "a@example.org", "password": PASSWORD, "first_name": "A",
                  "last_name": "B"},
    }  # fmt: skip
    address = f"http://127.0.0.1:{servers.ports[0]}/api/v1/workspaces"
    async with httpx.AsyncClient() as client:
        answer = await client.post(address, json=body, timeout=20)
    assert answer.status_code == 201, answer.text
    return Session(servers, answer.json()["access_token"])


class Writers:
    """Each makes tasks, changes them and comments on them, in turn, and notes what was answered."""

    def __init__(self, session: Session, projects: Sequence[str], each: int) -> None:
        self.session = session
        self.projects = projects
        self.each = each
        self.tasks: dict[str, str] = {}
        self.changed: dict[str, str] = {}
        self.comments: dict[str, str] = {}

    @property
    def written(self) -> int:
        return len(self.tasks) + len(self.changed) + len(self.comments)

    async def write(self, number: int) -> None:
        project = self.projects[number % len(self.projects)]
        for n in range(0, self.each, 4):
            mark = f"w{number}-{n}"
            task = await self._task(number, project, mark)
            answer = await self.session.ask(
                number, "PATCH", f"/tasks/{task}", {"title": f"{mark}!"}
            )
            assert answer.status_code == 200, answer.text
            self.changed[mark] = task
            for half in ("a", "b"):
                path = f"/tasks/{task}/comments"
                body = {"body": f"{mark}{half}"}
                answer = await self.session.ask(number + 1, "POST", path, body)
                assert answer.status_code == 201, answer.text
                self.comments[f"{mark}{half}"] = answer.json()["id"]

    async def _task(self, number: int, project: str, mark: str) -> str:
        path = f"/projects/{project}/tasks"
        answer = await self.session.ask(number, "POST", path, {"title": mark})
        assert answer.status_code == 201, answer.text
        self.tasks[mark] = answer.json()["id"]
        return self.tasks[mark]


class Follower:
    """A client as the web app is one: rows by model and id, kept up by /sync."""

    def __init__(self, session: Session, turn: int) -> None:
        self.session = session
        self.turn = turn
        self.rows: dict[tuple[str, str], Any] = {}
        self.seq = 0
        self.heard: list[int] = []

    async def bootstrap(self) -> None:
        answer = await self.session.ask(self.turn, "GET", "/sync/bootstrap")
        first, *lines = [json.loads(line) for line in answer.text.splitlines()]
        assert lines.pop()["end"]["rows"] == len(lines)
        self.seq = first["bootstrap"]["seq"]
        self.rows = {(line["model"], line["id"]): line["row"] for line in lines}

    async def catch_up(self) -> int:
        """Returns how far the log has come."""
        answer = await self.session.ask(self.turn, "GET", f"/sync?after={self.seq}")
        assert answer.status_code == 200, answer.text
        page = answer.json()
        for change in page["changes"]:
            name = (change["model"], change["id"])
            if change["op"] == "put":
                self.rows[name] = change["row"]
            elif change["op"] == "remove":
                self.rows.pop(name, None)
        self.seq = page["seq"]
        return page["latest"]

    async def follow(self) -> None:
        while True:
            await self.catch_up()
            await asyncio.sleep(0.2)

    async def listen(self) -> None:
        """Hear every event by GraphQL; after a cut, those after the last one heard."""
        while True:
            with suppress(*AGAIN):
                async for seq in self._subscription(self.heard[-1] if self.heard else 0):
                    self.heard.append(seq)
            self.turn += 1
            await asyncio.sleep(0.1)

    async def _subscription(self, after: int) -> AsyncIterator[int]:
        port = self.session.servers.ports[self.turn % 2]
        async with websockets.connect(
            f"ws://127.0.0.1:{port}/graphql",
            subprotocols=[websockets.Subprotocol("graphql-transport-ws")],
            compression=None,
            proxy=None,
        ) as socket:
            payload = {"Authorization": f"Bearer {self.session.token}"}
            await socket.send(json.dumps({"type": "connection_init", "payload": payload}))
            query = f"subscription {{ workspaceEvents(after: {after}) {{ seq }} }}"
            start = {"id": "1", "type": "subscribe", "payload": {"query": query}}
            assert json.loads(await socket.recv())["type"] == "connection_ack"
            await socket.send(json.dumps(start))
            async for text in socket:
                message = json.loads(text)
                if message["type"] == "ping":
                    await socket.send('{"type": "pong"}')
                elif message["type"] == "next":
                    yield message["payload"]["data"]["workspaceEvents"]["seq"]
                else:
                    raise OSError(text)


@asynccontextmanager
async def two_apis(stack: Stack) -> AsyncGenerator[Servers]:
    servers = Servers(stack)
    await asyncio.to_thread(wait_until, lambda: _answers(servers.second_port), 60)
    try:
        yield servers
    finally:
        servers.stop()


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/ready", timeout=2).status_code == 200
    except httpx.TransportError:
        return False


def environment_without_limits() -> dict[str, str]:
    return {
        "PROJECTFLOW_API_LIMIT": "10000000",
        "PROJECTFLOW_WORKSPACE_LIMIT": "1000000000",
        "PATH": os.environ["PATH"],
    }

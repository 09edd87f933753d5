"""Live connections: memory of each, time from commit to delivery, time until all are back.

    .venv/bin/python -m bench.live
    .venv/bin/python -m bench.live --connections 1000 --rates 20 100 --seconds 5

As many workspaces as connections, one server process, one relay, and clients in processes of their
own, all on this machine: the figures of the server hold for what the others leave it.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import websockets
from tests.cluster import Cluster
from tests.graphql.live import Server
from uuid_utils.compat import uuid7

from projectflow.auth.passwords import UNUSABLE
from projectflow.auth.tokens import load_tokens
from projectflow.core.db import Database, connect
from projectflow.core.events import Change, record
from projectflow.core.redis import connect_redis
from projectflow.core.settings import Settings
from projectflow.core.wakeups import Wakeups

CLIENTS = 4
OPENING = 50
EVENTS = "subscription ($after: Int) { workspaceEvents(after: $after) { seq entityId } }"


async def follow(address: str, token: str, opening: asyncio.Semaphore) -> None:
    """One client: says when it hears, and what; comes back when the server is there again."""
    last: int | None = None
    while True:
        try:
            async with opening:
                socket = await websockets.connect(
                    address,
                    subprotocols=[websockets.Subprotocol("graphql-transport-ws")],
                    compression=None,
                )
                payload: dict[str, Any] = {"Authorization": f"Bearer {token}"}
                await socket.send(json.dumps({"type": "connection_init", "payload": payload}))
                await socket.recv()
                payload = {"query": EVENTS, "variables": {"after": last}}
                await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
                await socket.send('{"type":"ping"}')
                while json.loads(await socket.recv())["type"] != "pong":
                    pass
            print("ready", time.time(), flush=True)
            async for text in socket:
                message = json.loads(text)
                event = message["payload"]["data"]["workspaceEvents"]
                last = event["seq"]
                print("heard", event["entityId"], time.time(), flush=True)
        except (OSError, websockets.WebSocketException):
            pass
        await asyncio.sleep(random.uniform(0, 5))


async def be_clients(address: str, tokens: list[str]) -> None:
    opening = asyncio.Semaphore(OPENING)
    await asyncio.gather(*(follow(address, token, opening) for token in tokens))


class Clients:
    """Client processes, and what they say."""

    def __init__(self) -> None:
        self.ready: list[float] = []
        self.heard: dict[str, float] = {}
        self._changed = asyncio.Condition()
        self._processes: list[asyncio.subprocess.Process] = []
        self._reading: list[asyncio.Task[None]] = []

    async def start(self, address: str, files: list[Path]) -> None:
        for file in files:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bench.live", "--clients", address, str(file),
                stdout=asyncio.subprocess.PIPE,
            )  # fmt: skip
            self._processes.append(process)
            self._reading.append(asyncio.create_task(self._read(process)))

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout
        async for line in process.stdout:
            kind, *said = line.decode().split()
            if kind == "ready":
                async with self._changed:
                    self.ready.append(float(said[0]))
                    self._changed.notify_all()
            else:
                self.heard[said[0]] = float(said[1])

    async def all_ready(self, count: int) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: len(self.ready) >= count)

    async def stop(self) -> None:
        for process in self._processes:
            process.kill()
            await process.wait()
        await asyncio.gather(*self._reading)


def resident(pid: int) -> int:
    """Memory of a process, in kB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])


async def found(database: Database, settings: Settings, count: int) -> tuple[list[UUID], list[str]]:
    """Workspaces of one person each, and their tokens."""
    issue = load_tokens(settings).issue
    tenants, tokens = [uuid7() for _ in range(count)], list[str]()
    for tenant_id in tenants:
        user_id = uuid7()
        async with database.tenant(tenant_id) as db:
            await db.execute(
                "INSERT INTO tenants (id, subdomain, name) VALUES ($1, $2, 'Bench')",
                tenant_id,
                f"b-{tenant_id.hex}",
            )
            await db.execute("INSERT INTO event_counters (tenant_id) VALUES ($1)", tenant_id)
            await db.execute(
                "INSERT INTO users (tenant_id, id, email, password_hash, first_name, last_name,"
                " role) VALUES ($1, $2, 'a@example.org', $3, 'Ada', 'Owner', 'owner')",
                tenant_id,
                user_id,
                UNUSABLE,
            )
        tokens.append(issue(user_id, tenant_id, "owner", uuid7()))
    return tenants, tokens


async def deliver(
    database: Database, tenants: list[UUID], clients: Clients, rate: int, seconds: float
) -> None:
    """Write at a steady rate; print how long each took from its commit to its client."""
    committed: dict[str, float] = {}

    async def write() -> None:
        tenant_id, entity_id = random.choice(tenants), uuid7()
        async with database.tenant(tenant_id) as db:
            await record(db, tenant_id, None, Change("tag.made", "tag", entity_id))
        committed[str(entity_id)] = time.time()

    begun = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for number in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, begun + number / rate - time.monotonic()))
            group.create_task(write())
    took = time.monotonic() - begun
    for _ in range(100):
        if committed.keys() <= clients.heard.keys():
            break
        await asyncio.sleep(0.1)
    times = sorted(
        (clients.heard[e] - at) * 1000 for e, at in committed.items() if e in clients.heard
    )
    print(
        f"{rate} events/s asked, {len(committed) / took:.0f} made: {len(times)} of {len(committed)}"
        f" heard, median {statistics.median(times):.1f} ms,"
        f" p99 {times[int(len(times) * 0.99)]:.1f} ms"
    )


async def measure(arguments: argparse.Namespace) -> None:
    count: int = arguments.connections
    folder = Path(tempfile.mkdtemp(prefix="pf-bench-", dir="/tmp"))
    cluster = Cluster()
    addresses = await cluster.start_here()
    settings = Settings(
        home=folder,
        database_url=addresses.service,
        redis_url=addresses.redis,
        # None ends while it is measured.
        access_token_ttl=24 * 3600,
    )
    database, redis = await connect(settings), connect_redis(settings)
    database.after_commit.append(Wakeups(redis).wake)
    tenants, tokens = await found(database, settings, count)
    relay = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.relay", "--work", addresses.service, addresses.redis
    )
    server = Server(settings, PROJECTFLOW_ACCESS_TOKEN_TTL=str(24 * 3600)).start()
    clients = Clients()
    try:
        empty = resident(server.pid)
        files = [folder / f"{number}.tokens" for number in range(CLIENTS)]
        for number, file in enumerate(files):
            file.write_text("\n".join(tokens[number::CLIENTS]))
        begun = time.time()
        await clients.start(server.ws, files)
        await clients.all_ready(count)
        took = max(clients.ready) - begun
        print(f"load {os.getloadavg()[0]:.0f}; {count} subscribed in {took:.1f} s")
        print(f"{(resident(server.pid) - empty) / count:.1f} kB each, over {empty / 1024:.0f} MB")
        for rate in arguments.rates:
            await deliver(database, tenants, clients, rate, arguments.seconds)
        clients.ready.clear()
        server.stop()
        server.start()
        begun = time.time()
        await clients.all_ready(count)
        print(f"all back {max(clients.ready) - begun:.1f} s after the server answers again")
    finally:
        await clients.stop()
        server.stop()
        relay.kill()
        await relay.wait()
        await database.close()
        await redis.aclose()
        await cluster.stop_here()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=10_000)
    parser.add_argument("--rates", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--clients", nargs=2)
    arguments = parser.parse_args()
    if arguments.clients:
        address, tokens = arguments.clients
        asyncio.run(be_clients(address, Path(tokens).read_text().split()))
    else:
        asyncio.run(measure(arguments))


if __name__ == "__main__":
    main()

"""How long from a commit to the message on the tenant's live channel.

    .venv/bin/python -m bench.relay
    .venv/bin/python -m bench.relay --rates 20 100 500 --tenants 1000 --seconds 10

An own PostgreSQL and Valkey, one worker process's part of it (`Live` with one consumer of all
events) in a process of its own; this process writes at a steady rate in the transactions that the
API uses, wakes the relay as the API does, and hears the channels. Also: what the wake-up, a NOTIFY
and the sweep cost.
"""

import argparse
import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from redis.asyncio import Redis
from tests.cluster import Cluster
from uuid_utils.compat import uuid7

from projectflow.core.consumers import Consumer, Event
from projectflow.core.db import Database, Db, connect
from projectflow.core.events import Change, record
from projectflow.core.redis import connect_redis
from projectflow.core.settings import Settings
from projectflow.core.wakeups import Wakeups
from projectflow.realtime.live import Live


async def work(database_url: str, redis_url: str) -> None:
    """The worker's part."""
    settings = Settings(database_url=database_url, redis_url=redis_url)
    database, redis = await connect(settings), connect_redis(settings)

    async def consume(db: Db, tenant_id: UUID, events: Sequence[Event]) -> None:
        del tenant_id, events
        await db.fetchval("SELECT 1")

    live = Live(database, redis, [Consumer(name="bench", consume=consume, start="present")])
    await live.begin()
    print("working", flush=True)
    await live.run()


async def measure(arguments: argparse.Namespace) -> None:
    cluster = Cluster()
    addresses = await cluster.start_here()
    await _make_durable(addresses.superuser)
    settings = Settings(database_url=addresses.service, redis_url=addresses.redis)
    database, redis = await connect(settings), connect_redis(settings)
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.relay", "--work", addresses.service, addresses.redis,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        tenants = [await _tenant(database) for _ in range(arguments.tenants)]
        assert worker.stdout is not None
        await worker.stdout.readline()
        await _costs(database, redis, tenants)
        wakeups = Wakeups(redis)
        database.after_commit.append(wakeups.wake)
        for rate in arguments.rates:
            await _at_rate(database, redis, tenants, rate, arguments.seconds, worker.pid)
    finally:
        worker.kill()
        await worker.wait()
        await database.close()
        await redis.aclose()
        await cluster.stop_here()


async def _make_durable(superuser_url: str) -> None:
    """The tests' cluster does without; a commit that reaches the disk is what is measured."""
    connection = await asyncpg.connect(superuser_url)
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        await connection.execute(f"ALTER SYSTEM SET {setting} = on")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.close()


async def _tenant(database: Database) -> UUID:
    tenant_id = uuid7()
    async with database.tenant(tenant_id) as db:
        await db.execute(
            "INSERT INTO tenants (id, subdomain, name) VALUES ($1, $2, 'Bench')",
            tenant_id,
            f"b-{tenant_id.hex}",
        )
        await db.execute("INSERT INTO event_counters (tenant_id) VALUES ($1)", tenant_id)
    return tenant_id


async def _write(database: Database, tenant_id: UUID) -> None:
    change = Change("task.moved", "task", uuid7(), payload={"before": {"a": 1}, "after": {"a": 2}})
    async with database.tenant(tenant_id) as db:
        await record(db, tenant_id, None, change)


async def _costs(database: Database, redis: Redis, tenants: list[UUID]) -> None:
    """Microseconds of this process's time, and of the clock, a call."""
    wakeups = Wakeups(redis)

    async def sweep() -> None:
        async with database.without_tenant() as db:
            await db.fetch(
                "SELECT * FROM list_unsettled_tenants($1, $2, 1000)",
                ["relay", "bench"],
                UUID(int=0),
            )

    await asyncio.sleep(4)  # what was written so far is settled
    for name, call in {
        "sweep, nothing unsettled": sweep,
        "write": lambda: _write(database, tenants[0]),
        "wake": lambda: wakeups.wake(tenants[0]),
    }.items():
        started, cpu = time.perf_counter(), time.process_time()
        for _ in range(500):
            await call()
        cpu, clock = time.process_time() - cpu, time.perf_counter() - started
        print(f"{name}: {clock * 2000:.0f} µs, of which {cpu * 2000:.0f} µs here")
    for notify in (False, True, False, True):
        await _side_by_side(database, tenants, notify=notify)


async def _side_by_side(database: Database, tenants: list[UUID], *, notify: bool) -> None:
    """Writes a second by 16 writers in tenants of their own."""

    async def one(tenant_id: UUID) -> None:
        for _ in range(100):
            async with database.tenant(tenant_id) as db:
                await record(db, tenant_id, None, Change("task.moved", "task", uuid7()))
                # As many statements either way.
                if notify:
                    await db.execute("SELECT pg_notify('events', $1)", str(tenant_id))
                else:
                    await db.execute("SELECT concat('events', $1::text)", str(tenant_id))

    started = time.perf_counter()
    await asyncio.gather(*(one(each) for each in tenants[:16]))
    how = "with NOTIFY" if notify else "without"
    print(f"16 writers {how}: {1600 / (time.perf_counter() - started):.0f}/s")


async def _at_rate(
    database: Database, redis: Redis, tenants: list[UUID], rate: int, seconds: int, worker: int
) -> None:
    committed: dict[tuple[UUID, int], float] = {}
    heard: dict[tuple[UUID, int], float] = {}
    subscription = redis.pubsub()
    await subscription.psubscribe("events:*")

    async def listen() -> None:
        async for message in subscription.listen():
            if message["type"] == "pmessage":
                told: Any = msgspec.json.decode(message["data"])
                tenant = UUID(message["channel"].decode().partition(":")[2])
                heard[tenant, told["seq"]] = time.perf_counter()

    async def write(tenant_id: UUID) -> None:
        async with database.tenant(tenant_id) as db:
            seq = await record(db, tenant_id, None, Change("task.moved", "task", uuid7()))
        committed[tenant_id, seq] = time.perf_counter()

    listening = asyncio.create_task(listen())
    await asyncio.sleep(3)
    used = _cpu(worker)
    writes: set[asyncio.Task[None]] = set()
    started = time.perf_counter()
    for n in range(rate * seconds):
        await asyncio.sleep(max(0.0, started + n / rate - time.perf_counter()))
        writes.add(asyncio.create_task(write(tenants[n * 7919 % len(tenants)])))
    await asyncio.gather(*writes)
    took = time.perf_counter() - started
    used = _cpu(worker) - used
    await asyncio.sleep(4)
    listening.cancel()
    times = sorted(1000 * (heard[k] - at) for k, at in committed.items() if k in heard)
    p99 = times[int(len(times) * 0.99)]
    print(
        f"{rate}/s ({len(committed) / took:.0f} reached) in {len(tenants)} tenants: median"
        f" {statistics.median(times):.1f} ms, p99 {p99:.1f} ms, longest {times[-1]:.0f} ms;"
        f" {len(committed) - len(times)} lost; worker {100 * used / took:.0f} % of a processor"
    )


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rates", type=int, nargs="+", default=[20, 100, 300])
    parser.add_argument("--tenants", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--work", nargs=2)
    arguments = parser.parse_args()
    asyncio.run(work(*arguments.work) if arguments.work else measure(arguments))


if __name__ == "__main__":
    main()

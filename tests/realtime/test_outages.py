"""Redis, the database and the worker are taken away for real, and no event is lost."""

import asyncio
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
from msgspec.structs import replace
from redis.asyncio import Redis
from redis.exceptions import RedisError
from tests.auth.test_redis_away import OwnValkey
from tests.embedded.conftest import folder, home, new_stack
from tests.embedded.stack import Stack, kill, wait_until
from tests.realtime.logs import (
    Listener,
    Noted,
    done_by,
    following,
    make_tenant,
    streamed,
    until,
    write,
)

from projectflow.core.db import GONE, Database, connect
from projectflow.core.redis import connect_redis
from projectflow.core.settings import Settings
from projectflow.realtime.channels import position_of

__all__ = ["folder", "home", "new_stack"]
WORKER = """
import asyncio, sys
from tests.realtime.logs import Noted
from projectflow.core.db import connect
from projectflow.core.redis import connect_redis
from projectflow.core.settings import Settings
from projectflow.realtime.live import Live

database_url, redis_url, tenant, name = sys.argv[1:]
settings = Settings(database_url=database_url, redis_url=redis_url, database_pool_min=1)

class Slow(Noted):
    async def consume(self, db, tenant_id, events):
        await super().consume(db, tenant_id, events)
        if str(tenant_id) == tenant and events[0].seq > 10:
            print("in the middle of", [e.seq for e in events], flush=True)
            await asyncio.sleep(60)

async def main():
    database, redis = await connect(settings), connect_redis(settings)
    live = Live(database, redis, [Slow(name).consumer(batch=10)], sweep_seconds=0.1)
    await live.begin()
    await live.run()

asyncio.run(main())
"""


async def test_redis_goes_away_and_comes_back_empty(settings: Settings, database: Database) -> None:
    """Consumers go on meanwhile; afterwards the relay carries what nobody could hear."""
    with tempfile.TemporaryDirectory(prefix="pf-valkey-", dir="/tmp") as place:
        valkey = OwnValkey(Path(place))
        await valkey.start()
        redis = connect_redis(replace(settings, redis_url=valkey.url))
        tenant, noted = await make_tenant(database), Noted("outage")
        async with following(database, redis, noted.consumer()):
            await write(database, tenant, 5)
            await until(lambda: _is_streamed(redis, tenant, range(1, 6)))
            await valkey.stop()
            await write(database, tenant, 20)
            await until(lambda: _is_done(database, tenant, noted, 25))
            await valkey.start()
            async with Listener(redis, tenant) as listener:
                await until(lambda: listener.heard[tenant] == list(range(6, 26)), seconds=15)
        assert await streamed(redis, tenant) == list(range(6, 26))
        await redis.aclose()
        await valkey.stop()


async def _is_streamed(redis: Redis, tenant: UUID, seqs: range) -> bool:
    return await streamed(redis, tenant) == list(seqs)


async def _is_done(database: Database, tenant: UUID, noted: Noted, count: int) -> bool:
    done = await done_by(database, tenant, noted.name)
    return done == list(range(1, count + 1))


async def test_a_worker_killed_in_the_middle_of_a_batch_leaves_it_to_the_next(
    settings: Settings, database: Database
) -> None:
    tenant, noted = await make_tenant(database), Noted("killed")
    await write(database.quiet(), tenant, 30)
    words = [str(settings.database_url), str(settings.redis_url), str(tenant), noted.name]
    first = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WORKER, *words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert first.stdout is not None
    async with asyncio.timeout(20):
        while b"in the middle of" not in await first.stdout.readline():
            continue
    assert await done_by(database, tenant, noted.name) == list(range(1, 11))
    first.send_signal(signal.SIGKILL)
    await first.wait()
    redis = connect_redis(settings)
    async with following(database, redis, noted.consumer()):
        await until(lambda: _is_done(database, tenant, noted, 30))
    await redis.aclose()
    told = [seq for each, seqs in noted.calls for seq in seqs if each == tenant]
    assert told == list(range(11, 31))


@pytest.mark.stack
async def test_whatever_is_killed_every_event_arrives_in_order(
    home: Path, new_stack: Callable[..., Stack]
) -> None:
    """One writer goes on while the worker, Valkey and PostgreSQL of a real stack are killed."""
    stack = await asyncio.to_thread(new_stack(home).up)
    told = stack.told()
    settings = Settings(home=home, database_url=told["database_url"], redis_url=told["redis_url"])
    database, redis = await connect(settings), connect_redis(settings)
    tenant = await make_tenant(database)
    stopping, written = asyncio.Event(), 0

    async def keep_writing() -> None:
        nonlocal written
        while not stopping.is_set():
            try:
                await write(database, tenant)
                written += 1
            except (*GONE, asyncpg.PostgresError):
                pass
            await asyncio.sleep(0.03)

    writing = asyncio.create_task(keep_writing())
    for victim in ("worker", "valkey", "postgres"):
        await asyncio.sleep(0.7)
        kill(stack.pid(victim))
        await asyncio.sleep(0.7)
        await asyncio.to_thread(wait_until, stack.answers, 30)
    stopping.set()
    await writing
    async with database.tenant(tenant, read_only=True) as db:
        last: int = await db.fetchval(
            "SELECT last_seq FROM event_counters WHERE tenant_id = $1", tenant
        )
        kept: int = await db.fetchval("SELECT count(*) FROM events WHERE tenant_id = $1", tenant)
    assert last == kept >= written > 30

    async def carried() -> bool:
        try:
            return await redis.get(position_of(tenant)) == str(last).encode()
        except (RedisError, OSError):
            return False

    # Whoever is killed often is started again after pauses of up to ten seconds.
    await until(carried, seconds=45)
    stream = await streamed(redis, tenant)
    assert stream == list(range(stream[0], last + 1))
    await database.close()
    await redis.aclose()

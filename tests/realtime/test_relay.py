"""The relay: every event reaches its tenant's channel, in order, whoever is away meanwhile."""

import asyncio
from uuid import UUID

import pytest
from litestar import Litestar
from redis.asyncio import Redis
from tests.people import Person
from tests.realtime.logs import Listener, following, make_tenant, streamed, until, write

from projectflow.core.db import Database
from projectflow.core.endings import end
from projectflow.core.wakeups import KEY
from projectflow.realtime.channels import Channels, position_of
from projectflow.realtime.live import Live
from projectflow.realtime.relay import Relay


@pytest.fixture
def redis(app: Litestar) -> Redis:
    return app.state.redis


async def test_a_change_made_by_http_is_heard_soon_with_all_that_the_log_says(
    owner: Person, database: Database, redis: Redis
) -> None:
    project = await owner.project()
    async with following(database, redis), Listener(redis, owner.tenant_id) as listener:
        task = await owner.task(project, "Hear me")
        await until(lambda: "task.created" in [m["type"] for m in listener.messages])
    told = listener.messages[-1]
    assert told["entity_id"] == task["id"]
    assert told["project_id"] == project["id"]
    assert told["actor_id"] == str(owner.id)
    assert told["version"] == 1
    assert told["payload"]["after"]["title"] == "Hear me"


async def test_a_write_wakes_the_relay_without_the_sweep(database: Database, redis: Redis) -> None:
    tenant = await make_tenant(database)
    live = Live(database.quiet(), redis, [], sweep_seconds=3600)
    await live.begin()
    task = asyncio.create_task(live.run())
    async with Listener(redis, tenant) as listener:
        await asyncio.sleep(0.1)
        for count in range(1, 4):
            await write(database, tenant)
            await until(lambda n=count: len(listener.heard[tenant]) == n, seconds=2)
    await end(task)


async def test_many_writers_and_three_relays_keep_each_tenants_order(
    database: Database, redis: Redis
) -> None:
    tenants = [await make_tenant(database) for _ in range(6)]
    async with (
        Listener(redis, *tenants) as listener,
        following(database, redis),
        following(database, redis),
        following(database, redis),
    ):
        await asyncio.gather(*(write(database, t, 20) for t in tenants for _ in range(2)))
        await until(lambda: all(len(listener.heard[t]) == 40 for t in tenants))
        await asyncio.sleep(0.1)
    for tenant in tenants:
        assert listener.heard[tenant] == list(range(1, 41))
        assert await streamed(redis, tenant) == list(range(1, 41))


async def test_two_relays_that_hold_the_same_events_publish_them_once(
    database: Database, redis: Redis
) -> None:
    tenant = await make_tenant(database)
    relays = [Relay(database.quiet(), Channels(redis), lambda *_: None) for _ in range(2)]
    async with Listener(redis, tenant) as listener:
        for _ in range(10):
            await write(database, tenant, 3)
            await asyncio.gather(*(relay.carry(tenant) for relay in relays for _ in range(2)))
        await until(lambda: len(listener.heard[tenant]) >= 30)
    assert listener.heard[tenant] == list(range(1, 31))


async def test_what_nobody_was_woken_for_is_swept_up(database: Database, redis: Redis) -> None:
    tenant = await make_tenant(database)
    async with following(database, redis), Listener(redis, tenant) as listener:
        await write(database.quiet(), tenant, 5)
        assert await redis.zscore(KEY, str(tenant)) is None
        await until(lambda: listener.heard[tenant] == [1, 2, 3, 4, 5], seconds=4)


async def test_a_log_read_to_its_end_is_settled_and_the_next_event_unsettles_it(
    database: Database, redis: Redis
) -> None:
    tenant = await make_tenant(database)
    await write(database, tenant)
    async with following(database, redis):
        await until(lambda: _settled(database, tenant))
        await write(database, tenant)
        assert not await _settled(database, tenant)
        await until(lambda: _settled(database, tenant))
    await write(database, tenant)
    assert not await _settled(database, tenant)


async def test_redis_that_lost_everything_goes_on_from_the_database(
    database: Database, redis: Redis
) -> None:
    tenant = await make_tenant(database)
    async with following(database, redis):
        await write(database, tenant, 3)
        await until(lambda: _settled(database, tenant))
    await redis.delete(f"events:{tenant}", position_of(tenant))
    async with following(database, redis), Listener(redis, tenant) as listener:
        await write(database, tenant, 2)
        await until(lambda: listener.heard[tenant] == [4, 5])
    assert await streamed(redis, tenant) == [4, 5]


async def test_redis_that_lost_the_last_second_is_given_it_again(
    database: Database, redis: Redis
) -> None:
    tenant = await make_tenant(database)
    relay = Relay(database.quiet(), Channels(redis), lambda *_: None)
    await write(database, tenant, 5)
    await relay.carry(tenant)
    await redis.xtrim(f"events:{tenant}", maxlen=0, approximate=False)
    await redis.delete(f"events:{tenant}")
    await redis.set(position_of(tenant), 3)

    await write(database, tenant)
    await relay.carry(tenant)

    assert await streamed(redis, tenant) == [4, 5, 6]


async def test_a_log_older_than_what_was_published_begins_again(
    database: Database, redis: Redis
) -> None:
    """As after a restored backup, with a Redis that nobody emptied."""
    tenant = await make_tenant(database)
    await write(database, tenant, 2)
    await redis.set(position_of(tenant), 50)
    async with following(database, redis), Listener(redis, tenant) as listener:
        await until(lambda: listener.heard[tenant] == [1, 2])


async def test_a_stream_is_bounded_in_length_size_and_time(
    database: Database, redis: Redis
) -> None:
    tenant = await make_tenant(database)
    relay = Relay(database.quiet(), Channels(redis), lambda *_: None)
    async with database.tenant(tenant) as db:
        await db.execute("UPDATE event_counters SET last_seq = 1000 WHERE tenant_id = $1", tenant)
        await db.execute(
            """
            INSERT INTO events (tenant_id, seq, type, entity_type, entity_id, entity_version)
            SELECT $1, n, 'thing.made', 'thing', gen_random_uuid(), 1
            FROM generate_series(1, 1000) n
            """,
            tenant,
        )
    async with Listener(redis, tenant) as listener:
        await relay.carry(tenant)
        await write(database, tenant, note="x" * 40_000)
        await relay.carry(tenant)
        await until(lambda: len(listener.heard[tenant]) == 1001)
    assert listener.messages[-1]["payload"] is None
    kept = await streamed(redis, tenant)
    assert kept == list(range(1002 - len(kept), 1002))
    assert 256 <= len(kept) < 400
    assert 0 < await redis.ttl(f"events:{tenant}") <= 600


async def _settled(database: Database, tenant: UUID) -> bool:
    async with database.tenant(tenant, read_only=True) as db:
        return not await db.fetchval(
            "SELECT is_unsettled FROM event_counters WHERE tenant_id = $1", tenant
        )

"""Consumers: told of each event in order, from a position that moves with what they write."""

import asyncio
from collections.abc import Sequence
from uuid import UUID, uuid4

import asyncpg
import pytest
from litestar import Litestar
from redis.asyncio import Redis
from tests.realtime.logs import (
    IMPATIENT,
    Noted,
    done_by,
    following,
    make_tenant,
    until,
    write,
)

from projectflow.core.consumers import Event, Later, is_wanted
from projectflow.core.db import Database, Db
from projectflow.realtime.following import Following
from projectflow.realtime.parking import (
    ParkedEvent,
    ReplayJob,
    ask_replay,
    drop,
    find_parked,
    replay,
)


@pytest.fixture
def redis(app: Litestar) -> Redis:
    return app.state.redis


def a_name() -> str:
    return f"c{uuid4().hex[:12]}"


async def parked_in(database: Database, tenant: UUID) -> list[ParkedEvent]:
    return [each async for each in find_parked(database) if each.tenant_id == tenant]


class Poison:
    """Fails at some events until it is cured."""

    def __init__(self, tenant: UUID, *seqs: int, error: Exception | None = None) -> None:
        self.tenant = tenant
        self.seqs = seqs
        self.error = error or ValueError("somebody@example.org")

    def __call__(self, tenant_id: UUID, event: Event) -> None:
        if tenant_id == self.tenant and event.seq in self.seqs:
            raise self.error


async def test_events_come_in_order_once_and_in_batches(database: Database, redis: Redis) -> None:
    tenant = await make_tenant(database)
    noted = Noted(a_name())
    await write(database, tenant, 25)
    async with following(database, redis, noted.consumer(batch=10)):
        await until(lambda: _is_done(database, tenant, noted, 25))
        await write(database, tenant, 3)
        await until(lambda: _is_done(database, tenant, noted, 28))
    told = [seq for each, seqs in noted.calls for seq in seqs if each == tenant]
    assert told == list(range(1, 29))
    assert all(len(seqs) <= 10 for _, seqs in noted.calls)


async def _is_done(database: Database, tenant: UUID, noted: Noted, count: int) -> bool:
    return await done_by(database, tenant, noted.name) == list(range(1, count + 1))


async def test_only_wanted_types_come_and_the_others_are_passed_by(
    database: Database, redis: Redis
) -> None:
    tenant = await make_tenant(database)
    noted = Noted(a_name())
    consumer = noted.consumer(types=("task.*", "thing.made"))
    for kind in ("task.moved", "other.made", "thing.made", "thing.kept", "tasks.moved"):
        await write(database, tenant, kind=kind)
    async with following(database, redis, consumer):
        await until(lambda: _position_is(database, tenant, noted.name, 5))
    assert [seq for each, seqs in noted.calls for seq in seqs if each == tenant] == [1, 3]
    assert is_wanted("anything.made", ())


async def _position_is(database: Database, tenant: UUID, consumer: str, seq: int) -> bool:
    return await _position(database, tenant, consumer) == seq


async def _position(database: Database, tenant: UUID, consumer: str) -> int | None:
    async with database.tenant(tenant, read_only=True) as db:
        return await db.fetchval(
            "SELECT seq FROM consumer_positions WHERE tenant_id = $1 AND consumer = $2",
            tenant,
            consumer,
        )


async def test_a_new_consumer_begins_at_the_present_or_at_the_beginning(
    database: Database, redis: Redis
) -> None:
    old = await make_tenant(database)
    await write(database, old, 3)
    present, beginning = Noted(a_name()), Noted(a_name())
    consumers = (present.consumer(start="present"), beginning.consumer())
    async with following(database, redis, *consumers):
        new = await make_tenant(database)
        await write(database, old, 1)
        await write(database, new, 1)
        await until(lambda: _is_done(database, new, present, 1))
        await until(lambda: _is_done(database, old, beginning, 4))
        await until(lambda: _position_is(database, old, present.name, 4))
    assert await done_by(database, old, present.name) == [4]
    # Stopped and started again it goes on where it was, also in a workspace that it never saw.
    unseen = await make_tenant(database)
    await write(database, unseen, 2)
    async with following(database, redis, *consumers):
        await until(lambda: _is_done(database, unseen, present, 2))


async def test_what_two_workers_write_is_written_once(database: Database, redis: Redis) -> None:
    tenants = [await make_tenant(database) for _ in range(3)]
    noted = Noted(a_name())
    consumer = noted.consumer(batch=3)
    async with following(database, redis, consumer), following(database, redis, consumer):
        await asyncio.gather(*(write(database, t, 15) for t in tenants for _ in range(2)))
        for tenant in tenants:
            await until(lambda t=tenant: _is_done(database, t, noted, 30))
    for tenant in tenants:
        # A tag's name is unique: had two written the same event, one would have failed.
        told = [seq for each, seqs in noted.calls for seq in seqs if each == tenant]
        assert told == list(range(1, 31))


async def test_a_poison_event_is_parked_without_its_words_and_replayed(
    database: Database, redis: Redis
) -> None:
    tenant, other = await make_tenant(database), await make_tenant(database)
    poison = Poison(tenant, 3)
    noted, healthy = Noted(a_name(), before=poison), Noted(a_name())
    consumer = noted.consumer()
    await write(database, tenant, 5)
    async with following(database, redis, consumer, healthy.consumer()):
        await write(database, other, 2)
        await until(lambda: _position_is(database, tenant, noted.name, 5))
        await until(lambda: _is_done(database, other, noted, 2))
        await until(lambda: _is_done(database, tenant, healthy, 5))
    assert await done_by(database, tenant, noted.name) == [1, 2, 4, 5]
    (parked,) = await parked_in(database, tenant)
    assert (parked.consumer, parked.seq, parked.error) == (noted.name, 3, "ValueError")
    assert parked.type == "thing.made"
    assert parked.attempts == 6

    job = ReplayJob(tenant, noted.name, 3)
    assert not await replay(database, [consumer], job)
    assert (await parked_in(database, tenant))[0].attempts == 7
    poison.seqs = ()
    assert await replay(database, [consumer], job)
    assert await parked_in(database, tenant) == []
    assert await done_by(database, tenant, noted.name) == [1, 2, 3, 4, 5]
    assert not await replay(database, [consumer], job)
    assert await _position(database, tenant, noted.name) == 5


async def test_a_parked_event_can_be_dropped_or_given_to_the_worker(
    database: Database, redis: Redis
) -> None:
    tenant = await make_tenant(database)
    noted = Noted(a_name(), before=Poison(tenant, 1, 2))
    await write(database, tenant, 2)
    async with following(database, redis, noted.consumer()):
        await until(lambda: _position_is(database, tenant, noted.name, 2))
    assert [p.seq for p in await parked_in(database, tenant)] == [1, 2]
    first = ReplayJob(tenant, noted.name, 1)
    assert await ask_replay(database, ReplayJob(tenant, noted.name, 2))
    assert await drop(database, first)
    assert not await drop(database, first)
    assert not await ask_replay(database, first)
    async with database.without_tenant() as db:
        waiting = await db.fetch(
            "SELECT payload FROM jobs.pgqueuer WHERE entrypoint = 'replay_parked_event'"
        )
    assert [row["payload"] for row in waiting if str(tenant).encode() in row["payload"]]


async def test_what_it_depends_on_being_away_parks_nothing(
    database: Database, redis: Redis
) -> None:
    tenant = await make_tenant(database)
    away = Poison(tenant, 1, 2, error=Later())
    noted = Noted(a_name(), before=away)
    await write(database, tenant, 2)
    follower = Following(database.quiet(), noted.consumer(), IMPATIENT)
    for _ in range(8):
        await follower.follow(tenant)
        await _hurry(database, tenant)
    assert await parked_in(database, tenant) == []
    assert await _position(database, tenant, noted.name) in (0, None)
    away.seqs = ()
    await follower.follow(tenant)
    assert await done_by(database, tenant, noted.name) == [1, 2]


async def _hurry(database: Database, tenant: UUID) -> None:
    async with database.tenant(tenant) as db:
        await db.execute(
            "UPDATE consumer_positions SET retry_at = now() WHERE tenant_id = $1", tenant
        )


async def test_one_that_never_answers_is_a_failure_of_its_event(
    database: Database, redis: Redis
) -> None:
    tenant = await make_tenant(database)

    async def hang(db: Db, tenant_id: UUID, events: Sequence[Event]) -> None:
        if tenant_id == tenant and events[0].seq == 1:
            await asyncio.sleep(60)

    noted = Noted(a_name())
    noted.consume = hang  # pyright: ignore[reportAttributeAccessIssue]
    await write(database, tenant, 2)
    async with following(database, redis, noted.consumer(timeout=0.05)):
        await until(lambda: _position_is(database, tenant, noted.name, 2))
    assert [p.error for p in await parked_in(database, tenant)] == ["TookTooLong"]


async def test_a_failure_leaves_nothing_of_what_was_written_and_keeps_the_order(
    database: Database, redis: Redis
) -> None:
    tenant = await make_tenant(database)
    poison = Poison(tenant, 2)
    noted = Noted(a_name(), before=poison)
    await write(database, tenant, 3)
    follower = Following(database.quiet(), noted.consumer(), IMPATIENT)
    await follower.follow(tenant)
    assert await done_by(database, tenant, noted.name) == [1]
    await follower.follow(tenant)  # it pauses: nothing is tried
    poison.seqs = ()
    await asyncio.sleep(0.06)
    await follower.follow(tenant)
    assert await done_by(database, tenant, noted.name) == [1, 2, 3]


async def test_what_retention_took_out_of_the_log_is_passed_by(
    database: Database, redis: Redis
) -> None:
    tenant = await make_tenant(database)
    async with database.tenant(tenant) as db:
        await db.execute("UPDATE event_counters SET last_seq = 7 WHERE tenant_id = $1", tenant)
    noted = Noted(a_name())
    async with following(database, redis, noted.consumer()):
        await until(lambda: _position_is(database, tenant, noted.name, 7))
        await write(database, tenant)
        await until(lambda: _position_is(database, tenant, noted.name, 8))
    assert await done_by(database, tenant, noted.name) == [8]


async def test_positions_and_parked_events_go_with_their_workspace(
    database: Database, redis: Redis, superuser_url: str
) -> None:
    tenant = await make_tenant(database)
    noted = Noted(a_name(), before=Poison(tenant, 1))
    await write(database, tenant)
    async with following(database, redis, noted.consumer()):
        await until(lambda: _position_is(database, tenant, noted.name, 1))
    connection = await asyncpg.connect(superuser_url)
    try:
        await connection.execute("DELETE FROM tags WHERE tenant_id = $1", tenant)
        await connection.execute("DELETE FROM tenants WHERE id = $1", tenant)
        for table in ("consumer_positions", "parked_events"):
            count = f"SELECT count(*) FROM {table} WHERE tenant_id = $1"
            assert await connection.fetchval(count, tenant) == 0
    finally:
        await connection.close()


async def test_two_consumers_of_one_name_are_refused(database: Database, redis: Redis) -> None:
    twice = Noted(a_name()).consumer()
    with pytest.raises(ValueError, match="two consumers of one name"):
        async with following(database, redis, twice, twice):
            pass

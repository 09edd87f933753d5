"""Kept answers: found again, never after a change, never by somebody else."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID, uuid4

import pytest
from litestar import Litestar
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisAway
from tests.people import Person, found_workspace

from projectflow.app import create_app
from projectflow.core.cache import Cache
from projectflow.core.redis import connect_redis
from projectflow.core.settings import Settings

TENANT = UUID(int=7)


@pytest.fixture
async def redis(settings: Settings) -> AsyncIterator[Redis]:
    connected = connect_redis(settings)
    yield connected
    await connected.aclose()


class Source:
    """Something slow to ask, that counts how often it is asked."""

    def __init__(self, delay: float = 0.0) -> None:
        self.asked = 0
        self.delay = delay

    async def __call__(self) -> bytes:
        self.asked += 1
        answer = b"%d" % self.asked
        await asyncio.sleep(self.delay)
        return answer


async def test_an_answer_is_loaded_once_for_all_who_ask_in_all_processes(redis: Redis) -> None:
    caches, source = [Cache(redis, 1000) for _ in range(3)], Source(delay=0.1)
    tenant = uuid4()

    answers = await asyncio.gather(
        *(cache.read(tenant, "task", "x", source) for cache in caches for _ in range(5))
    )

    assert set(answers) == {b"1"}
    assert source.asked == 1


async def test_a_change_makes_every_process_ask_again(redis: Redis) -> None:
    here, there, source = Cache(redis, 1000), Cache(redis, 1000), Source()
    tenant = uuid4()
    await here.read(tenant, "task", "x", source)
    await there.read(tenant, "task", "x", source)

    await here.changed(tenant)

    assert await there.read(tenant, "task", "x", source) == b"2"
    assert await here.read(tenant, "task", "x", source) == b"2"


async def test_what_was_asked_before_a_change_is_not_found_after_it(redis: Redis) -> None:
    cache, slow = Cache(redis, 1000), Source(delay=0.2)
    tenant = uuid4()
    early = asyncio.create_task(cache.read(tenant, "task", "x", slow))
    await asyncio.sleep(0.05)
    await cache.changed(tenant)

    late = await cache.read(tenant, "task", "x", slow)

    assert (await early, late) == (b"1", b"2")
    assert await cache.read(tenant, "task", "x", slow) == b"2"


async def test_another_workspaces_change_changes_nothing_here(redis: Redis) -> None:
    cache, source = Cache(redis, 1000), Source()
    tenant = uuid4()
    await cache.read(tenant, "task", "x", source)
    await cache.changed(uuid4())

    assert await cache.read(tenant, "task", "x", source) == b"1"
    assert await cache.read(uuid4(), "task", "x", source) == b"2"


async def test_a_failure_is_told_and_not_kept(redis: Redis) -> None:
    cache, tenant = Cache(redis, 1000), uuid4()

    async def fail() -> bytes:
        raise LookupError

    for _ in range(2):
        with pytest.raises(LookupError):
            await cache.read(tenant, "task", "x", fail)
    assert await cache.read(tenant, "task", "x", Source()) == b"1"


async def test_what_is_larger_than_all_that_may_be_kept_is_answered_all_the_same(
    redis: Redis,
) -> None:
    cache, tenant = Cache(redis, 10), uuid4()

    async def large() -> bytes:
        return b"x" * 1000

    assert len(await cache.read(tenant, "task", "x", large)) == 1000


async def test_without_redis_nothing_is_kept_and_the_change_is_told_later(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there, source = Cache(redis, 1000), Cache(redis, 1000), Source()
    tenant = uuid4()
    await there.read(tenant, "task", "x", source)
    with monkeypatch.context() as patched:

        async def away(*_: Any, **__: Any) -> None:
            raise RedisAway

        patched.setattr(here, "_replace_word", away)
        await here.changed(tenant)
        assert [await here.read(tenant, "task", "x", source) for _ in range(2)] == [b"2", b"3"]
    for _ in range(100):
        if await there.read(tenant, "task", "x", source) != b"1":
            break
        await asyncio.sleep(0.05)

    assert await there.read(tenant, "task", "x", source) == b"4"
    await here.stop()


async def test_a_read_after_a_write_is_fresh_whichever_process_wrote_and_whichever_reads(
    settings: Settings,
) -> None:
    async with AsyncExitStack() as stack:
        apps: list[Litestar] = []
        for _ in range(2):
            app = create_app(settings)
            await stack.enter_async_context(app.lifespan())
            apps.append(app)
        owner = await stack.enter_async_context(await found_workspace(apps[0]))
        people = [owner, Person(apps[1], owner.actor)]
        for person in people[1:]:
            stack.push_async_callback(person.client.aclose)
        project = await owner.project("Web")
        chance, total, kept = random.Random(3), 0, 0
        for _ in range(150):
            if chance.random() < 0.4:
                await chance.choice(people).task(project, "One more")
                total += 1
            reads = await asyncio.gather(
                *(chance.choice(people).get("/tasks/counts", group="status") for _ in range(2))
            )
            assert [answer.json()["total"] for answer in reads] == [total, total]
        kept = sum(len(app.state.cache._memory) for app in apps)

    assert kept > 0


async def test_an_answer_is_kept_for_who_asked(owner: Person) -> None:
    project = await owner.project("Web")
    await owner.task(project, "One")
    member = await owner.colleague("member")

    assert (await owner.get("/tasks/counts")).json()["total"] == 1
    assert (await member.get("/tasks/counts")).json()["total"] == 0
    await owner.join(project, member)
    assert (await member.get("/tasks/counts")).json()["total"] == 1
    key = await (await owner.signed_in_by("passkey")).key("project:read")
    assert (await key.ask("GET", "/tasks/counts")).status_code == 403

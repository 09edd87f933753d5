"""The tenant transaction: all or nothing, and a connection that comes back as it went."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest
from msgspec.structs import replace
from tests.people import Person
from uuid_utils.compat import uuid7

from projectflow.core.db import Database
from projectflow.core.db import connect as connect_database
from projectflow.core.problems import Unavailable
from projectflow.core.settings import Settings

ADD = "INSERT INTO tags (tenant_id, name) VALUES ($1, $2)"
COUNT = "SELECT count(*) FROM tags WHERE tenant_id = $1"


class Broken(Exception):
    pass


@pytest.fixture
async def lonely(settings: Settings) -> AsyncIterator[Database]:
    """A pool of one connection: whoever does not give it back is noticed."""
    small = replace(
        settings, database_pool_min=1, database_pool_max=1, database_acquire_timeout=0.2
    )
    database = await connect_database(small)
    yield database
    await database.close()


async def tags(database: Database, tenant_id: UUID) -> int:
    async with database.tenant(tenant_id) as db:
        return await db.fetchval(COUNT, tenant_id)


async def test_leaving_commits(lonely: Database, owner: Person) -> None:
    async with lonely.tenant(owner.tenant_id) as db:
        await db.execute(ADD, owner.tenant_id, "kept")

    assert await tags(lonely, owner.tenant_id) == 1


async def test_an_exception_rolls_everything_back(lonely: Database, owner: Person) -> None:
    async def request() -> None:
        async with lonely.tenant(owner.tenant_id) as db:
            await db.execute(ADD, owner.tenant_id, "lost")
            raise Broken

    with pytest.raises(Broken):
        await request()

    assert await tags(lonely, owner.tenant_id) == 0


async def test_a_failed_statement_rolls_everything_back(lonely: Database, owner: Person) -> None:
    async def request() -> None:
        async with lonely.tenant(owner.tenant_id) as db:
            await db.execute(ADD, owner.tenant_id, "twice")
            await db.execute(ADD, owner.tenant_id, "twice")

    with pytest.raises(asyncpg.UniqueViolationError):
        await request()

    assert await tags(lonely, owner.tenant_id) == 0


@pytest.mark.parametrize("waiting", ["SELECT pg_sleep(5)", None])
async def test_a_cancelled_request_gives_its_connection_back_clean(
    lonely: Database, owner: Person, waiting: str | None
) -> None:
    inside = asyncio.Event()

    async def request() -> None:
        async with lonely.tenant(owner.tenant_id) as db:
            await db.execute(ADD, owner.tenant_id, "lost")
            inside.set()
            await (db.execute("SELECT pg_sleep(5)") if waiting else asyncio.sleep(5))

    task = asyncio.create_task(request())
    await inside.wait()
    await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    async with lonely.without_tenant() as db:
        assert await db.fetchval("SELECT current_tenant()") is None
    assert await tags(lonely, owner.tenant_id) == 0


async def test_cancelling_at_any_moment_never_loses_the_connection(
    lonely: Database, owner: Person
) -> None:
    async def request() -> None:
        async with lonely.tenant(owner.tenant_id) as db:
            await db.fetchval(COUNT, owner.tenant_id)

    for moment in range(40):
        task = asyncio.create_task(request())
        await asyncio.sleep(moment / 20_000)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with lonely.without_tenant() as db:
        assert await db.fetchval("SELECT current_tenant()") is None


async def test_when_all_connections_are_taken_one_is_told_to_come_back(
    lonely: Database, owner: Person
) -> None:
    async with lonely.tenant(owner.tenant_id):
        with pytest.raises(Unavailable) as refused:
            async with lonely.tenant(owner.tenant_id):
                pass
    assert refused.value.retry_after == 2


async def test_a_transaction_of_an_unknown_tenant_is_empty(lonely: Database) -> None:
    assert await tags(lonely, uuid7()) == 0


async def test_a_killed_connection_is_503_and_the_next_request_works(
    owner: Person, superuser_url: str
) -> None:
    project = await owner.project()
    task = await owner.task(project, "Task")
    superuser = await asyncpg.connect(superuser_url)
    blocker = superuser.transaction()
    await blocker.start()
    await superuser.execute("SELECT FROM tasks WHERE id = $1 FOR UPDATE", UUID(task["id"]))
    waiting = asyncio.create_task(owner.patch(f"/tasks/{task['id']}", {"title": "Never"}))
    victims = 0
    for _ in range(100):
        victims = await superuser.fetchval(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename ="
            " 'projectflow_app' AND datname = current_database() AND wait_event_type = 'Lock'"
        )
        if victims:
            break
        await asyncio.sleep(0.02)
    answer = await waiting
    await blocker.rollback()
    await superuser.close()

    assert victims == 1
    assert answer.status_code == 503
    assert answer.json()["type"] == "/problems/unavailable"
    assert int(answer.headers["retry-after"]) > 0
    assert (await owner.get(f"/tasks/{task['id']}")).json() == task


async def test_idle_connections_that_were_killed_cost_at_most_a_503(
    owner: Person, superuser_url: str
) -> None:
    project = await owner.project()
    superuser = await asyncpg.connect(superuser_url)
    await superuser.execute(
        "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity"
        " WHERE usename = 'projectflow_app' AND datname = current_database()"
    )
    await superuser.close()

    statuses = [(await owner.get(f"/projects/{project['id']}")).status_code for _ in range(25)]

    assert set(statuses) <= {200, 503}
    assert statuses[-1] == 200


async def test_a_read_only_transaction_can_change_nothing(
    owner: Person, database: Database
) -> None:
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with database.tenant(owner.tenant_id, read_only=True) as db:
            await db.execute(
                "UPDATE users SET first_name = 'X' WHERE tenant_id = $1", owner.tenant_id
            )

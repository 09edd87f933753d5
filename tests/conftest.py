"""What every test stands on: engines, a database of its own a worker, the app, people."""

import asyncio
import ipaddress
import os
from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest
from litestar import Litestar
from uuid_utils.compat import uuid7

from projectflow.app import create_app
from projectflow.core.db import Database
from projectflow.core.settings import Settings
from tests.cluster import Addresses, Cluster, create_database, of_database
from tests.people import Person, found_workspace

TOLD = "TEST_CLUSTER"
TOLD_AT_THE_END = "told at the end"
"""The property of a test whose value is a line below the results, also of a run by several."""
_cluster = pytest.StashKey[Cluster]()


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    cluster = config.stash[_cluster] = Cluster()
    os.environ[TOLD] = msgspec.json.encode(cluster.start()).decode()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, so that one of two workers does not wait for the other at the end.

    Then the plans of queries, which other tests' rows beside theirs could change.
    """
    items.sort(key=lambda item: (item.path.name != "test_schema.py", "plans" not in item.path.name))


def pytest_unconfigure(config: pytest.Config) -> None:
    if _cluster in config.stash:
        config.stash[_cluster].stop()
        os.environ.pop(TOLD, None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for report in terminalreporter.getreports("passed"):
        for name, line in report.user_properties:
            if name == TOLD_AT_THE_END:
                terminalreporter.write_line(str(line))


@pytest.fixture(scope="session")
def cluster() -> Addresses:
    """The engines of this run."""
    return msgspec.json.decode(os.environ[TOLD], type=Addresses)


@pytest.fixture(scope="session")
async def settings(
    cluster: Addresses, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Settings:
    """A fresh migrated database, a Valkey database and a home for this worker."""
    name = f"test_{worker_id}"
    await create_database(cluster, name, template="projectflow")
    number = int(worker_id.removeprefix("gw")) + 1 if worker_id != "master" else 0
    return Settings(
        home=tmp_path_factory.mktemp("home"),
        database_url=of_database(cluster.service, name),
        database_owner_url=of_database(cluster.owner, name),
        redis_url=cluster.redis.replace("db=0", f"db={number}"),
        log_level="warning",
        database_pool_min=1,
        # A module of hundreds of tests on a busy machine takes longer than a token lasts.
        access_token_ttl=7_200,
        api_limit=100_000,
        upload_limit=100_000,
        visitor_limit=100_000,
    )


@pytest.fixture(scope="session")
def superuser_url(cluster: Addresses, worker_id: str, settings: Settings) -> str:
    """This worker's database, past every wall: to look at what the service cannot see."""
    assert settings.database_url
    return of_database(cluster.superuser, f"test_{worker_id}")


@pytest.fixture(scope="session")
async def app(settings: Settings) -> AsyncIterator[Litestar]:
    """The whole application, started."""
    made = create_app(settings)
    started, stopping = asyncio.Event(), asyncio.Event()

    async def run() -> None:
        # In one task: pytest-asyncio sets up and tears down in two, which anyio refuses.
        async with made.lifespan():
            started.set()
            await stopping.wait()

    running = asyncio.create_task(run())
    waiting = asyncio.create_task(started.wait())
    await asyncio.wait([running, waiting], return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        await running
    yield made
    stopping.set()
    await running


@pytest.fixture(scope="session")
def database(app: Litestar) -> Database:
    """The app's own pool, as the service's role."""
    return app.state.database


@pytest.fixture
async def visitor(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who is not signed in, with a cookie jar, at an address of their own."""
    transport = httpx.ASGITransport(
        app,  # pyright: ignore[reportArgumentType]
        raise_app_exceptions=False,
        client=(str(ipaddress.IPv6Address(uuid7().int)), 50_000),
    )
    async with httpx.AsyncClient(transport=transport, base_url="http://projectflow.test") as client:
        yield client


@pytest.fixture
async def owner(app: Litestar) -> AsyncIterator[Person]:
    """The owner of a fresh workspace."""
    async with await found_workspace(app) as person:
        yield person


@pytest.fixture
async def stranger(app: Litestar) -> AsyncIterator[Person]:
    """The owner of another fresh workspace, with a project and a task in it."""
    async with await found_workspace(app) as person:
        yield person

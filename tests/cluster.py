"""One real PostgreSQL and one real Valkey for a whole test run, whatever number of workers."""

import asyncio
import shutil
import tempfile
from pathlib import Path

import asyncpg
from msgspec import Struct

from projectflow.core.migrations import migrate
from projectflow.embedded.child import Child
from projectflow.embedded.engines import Engine, bring_up, log_of
from projectflow.embedded.place import engine_place, make_home
from projectflow.embedded.postgres import Postgres
from projectflow.embedded.valkey import Valkey

FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Addresses(Struct, frozen=True):
    """Where the engines are: the template database's URLs, and Valkey's."""

    service: str
    owner: str
    superuser: str
    redis: str


class Cluster:
    """Started by the process that runs pytest, told to its workers by an environment variable."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="pf-tests-", dir="/tmp"))
        self._children: list[Child] = []

    def start(self) -> Addresses:
        return asyncio.run(self.start_here())

    async def start_here(self) -> Addresses:
        """The same inside a running loop."""
        make_home(self.home)
        place = engine_place(self.home)
        postgres, valkey = Postgres(self.home, place), Valkey(self.home, place)
        postgres.make()
        # What a crash would lose here is a test's data.
        with (place.postgres / "postgresql.conf").open("a") as conf:
            conf.writelines(f"{key} = {value}\n" for key, value in FAST.items())
        await self._bring_up(postgres)
        await self._bring_up(valkey)
        await postgres.bootstrap()
        urls = postgres.addresses
        await migrate(urls.owner, urls.service)
        return Addresses(urls.service, urls.owner, urls.superuser, valkey.url)

    async def _bring_up(self, engine: Engine) -> None:
        self._children.append(await bring_up(engine, log_of(self.home, engine), None))

    def stop(self) -> None:
        asyncio.run(self.stop_here())

    async def stop_here(self) -> None:
        """The same inside a running loop."""
        for child in reversed(self._children):
            await child.stop()
        elsewhere = self.home / "engines-at"
        if elsewhere.exists():
            shutil.rmtree(elsewhere.read_text().strip(), ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)


def of_database(url: str, name: str) -> str:
    """The same server and role, another database."""
    head, _, tail = url.partition("@/")
    return f"{head}@/{name}?{tail.partition('?')[2]}"


async def create_database(addresses: Addresses, name: str, *, template: str) -> None:
    """A copy of a migrated, or of an empty, database; an older one of the name goes."""
    connection = await asyncpg.connect(of_database(addresses.superuser, "postgres"))
    try:
        await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        await connection.execute(
            f'CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER projectflow_owner'
        )
    finally:
        await connection.close()

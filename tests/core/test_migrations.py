"""Migrations: on an empty database, on a filled one, broken off in the middle, and two at once."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from msgspec import Struct
from tests.cluster import Addresses, create_database, of_database
from tests.isolation.walls import breaches

from projectflow.core import migrations
from projectflow.core.migrations import migrate, migrations_dir, pending

ALL = sorted(path.stem for path in migrations_dir().glob("*.sql"))
NEXT = """-- {title}
-- depends: {after}
-- migrate: apply
{sql}
-- migrate: rollback
"""


class Place(Struct, frozen=True):
    """A database of a test's own."""

    service: str
    owner: str
    superuser: str

    async def ask(self, query: str, *args: Any) -> Any:
        connection = await asyncpg.connect(self.superuser)
        try:
            return await connection.fetchval(query, *args)
        finally:
            await connection.close()


async def made(cluster: Addresses, name: str, template: str) -> Place:
    await create_database(cluster, name, template=template)
    return Place(
        *(of_database(u, name) for u in (cluster.service, cluster.owner, cluster.superuser))
    )


@pytest.fixture
async def empty(cluster: Addresses, worker_id: str) -> AsyncIterator[Place]:
    name = f"empty_{worker_id}"
    yield await made(cluster, name, "template0")
    await _drop(cluster, name)


@pytest.fixture
async def filled(cluster: Addresses, worker_id: str) -> AsyncIterator[Place]:
    name = f"filled_{worker_id}"
    place = await made(cluster, name, "projectflow")
    await place.ask(
        "WITH t AS (INSERT INTO tenants (subdomain, name) SELECT 'w' || n, 'W'"
        " FROM generate_series(1, 50) n RETURNING id)"
        " INSERT INTO tags (tenant_id, name) SELECT id, 'kept' FROM t RETURNING 1"
    )
    yield place
    await _drop(cluster, name)


async def _drop(cluster: Addresses, name: str) -> None:
    connection = await asyncpg.connect(of_database(cluster.superuser, "postgres"))
    await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await connection.close()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The migrations, to which a test can add."""
    copy = tmp_path / "migrations"
    shutil.copytree(migrations_dir(), copy)
    monkeypatch.setattr(migrations, "migrations_dir", lambda: copy)
    return copy


def add(folder: Path, name: str, sql: str) -> None:
    text = NEXT.format(title=name, after=ALL[-1], sql=sql)
    (folder / f"{name}.sql").write_text(text)


async def test_an_empty_database_gets_the_whole_schema(empty: Place) -> None:
    assert await pending(empty.owner) == ALL

    assert await migrate(empty.owner, empty.service) == ALL

    assert await pending(empty.owner) == []
    connection = await asyncpg.connect(empty.superuser)
    holes = await breaches(connection)
    await connection.close()
    assert holes == []


async def test_running_again_changes_nothing_and_loses_nothing(filled: Place) -> None:
    assert await migrate(filled.owner, filled.service) == []
    assert await filled.ask("SELECT count(*) FROM tags") == 50


async def test_a_new_migration_comes_to_a_filled_database(filled: Place, folder: Path) -> None:
    add(folder, "9001_pre_colors", "ALTER TABLE tags ADD COLUMN shade text NOT NULL DEFAULT 'x';")

    assert await migrate(filled.owner, filled.service) == ["9001_pre_colors"]

    assert await filled.ask("SELECT count(*) FROM tags WHERE shade = 'x'") == 50


async def test_one_that_fails_midway_leaves_what_was_and_can_be_run_again(
    filled: Place, folder: Path
) -> None:
    add(folder, "9001_pre_half", "ALTER TABLE tags ADD COLUMN half text;\nSELECT 1 / 0;")

    with pytest.raises(Exception, match=r"division by zero|Failed"):
        await migrate(filled.owner, filled.service)

    column = "SELECT count(*) FROM information_schema.columns WHERE column_name = 'half'"
    assert await filled.ask(column) == 0
    assert await pending(filled.owner) == ["9001_pre_half"]
    assert await filled.ask("SELECT count(*) FROM tags") == 50

    add(folder, "9001_pre_half", "ALTER TABLE tags ADD COLUMN half text;")
    assert await migrate(filled.owner, filled.service) == ["9001_pre_half"]
    assert await filled.ask(column) == 1


async def test_of_two_at_once_one_applies_and_the_other_waits(empty: Place) -> None:
    both = await asyncio.gather(*(migrate(empty.owner, empty.service) for _ in range(2)))

    assert sorted(both, key=len) == [[], ALL]


async def test_a_locked_table_ends_the_wait_instead_of_stopping_everybody(
    filled: Place, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(folder, "9001_pre_colors", "SET lock_timeout = '0.1s';\nALTER TABLE tags ADD shade text;")
    reader = await asyncpg.connect(filled.superuser)
    transaction = reader.transaction()
    await transaction.start()
    await reader.execute("LOCK TABLE tags IN ACCESS SHARE MODE")

    with pytest.raises(Exception, match=r"lock timeout|Failed"):
        await migrate(filled.owner, filled.service)

    await transaction.rollback()
    await reader.close()
    assert await migrate(filled.owner, filled.service) == ["9001_pre_colors"]

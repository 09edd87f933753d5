"""`projectflow up`, started, stopped and refused as a user would see it."""

import asyncio
import os
import signal
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import asyncpg
import httpx
import pytest
from tests.embedded.stack import Stack, alive, command_line, user_of, wait_until

pytestmark = pytest.mark.stack
NewStack = Callable[..., Stack]


async def test_first_start_and_second(
    home: Path, account: tuple[str, ...], new_stack: NewStack
) -> None:
    stack = new_stack(home, account).up()
    told = stack.told()

    assert user_of(stack.pid("postgres")) != 0
    assert user_of(stack.pid("valkey")) != 0
    assert stat.S_IMODE((home / "run" / "engines.json").stat().st_mode) == 0o600
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in (home / "secrets").iterdir())
    secrets = [path.read_text().strip() for path in (home / "secrets").iterdir()]
    shown = [command_line(pid) for pid in stack.pids()]
    assert len(secrets) == 4
    assert not [line for line in shown for secret in secrets if secret in line]
    logged = "".join(path.read_text() for path in (home / "logs").iterdir()) + stack.said()
    assert not [secret for secret in secrets if secret in logged]

    await asyncio.to_thread(wait_until, lambda: "mailbox?key=" in stack.said(), 20, stack.said)
    (mailbox,) = [word for word in stack.said().split() if "/mailbox?key=" in word]
    assert (await asyncio.to_thread(httpx.get, mailbox)).status_code == 200
    assert (await asyncio.to_thread(httpx.get, f"{mailbox}x")).status_code == 404

    service = await asyncpg.connect(told["database_url"])
    try:
        role = await service.fetchrow(
            "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb AS strong,"
            " (SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole) AS owned,"
            " current_setting('plan_cache_mode') AS plans,"
            " current_setting('data_checksums') AS checksums,"
            " current_setting('listen_addresses') AS tcp"
            " FROM pg_roles WHERE rolname = current_user"
        )
    finally:
        await service.close()
    assert tuple(role) == (False, 0, "force_generic_plan", "on", "")

    pids = stack.pids()
    assert len(pids) > 4
    assert stack.stop() == 0
    assert not alive(pids)
    assert not (home / "run" / "engines.json").exists()

    assert stack.up().stop(signal.SIGINT) == 0


def test_second_up_says_where_the_first_is(home: Path, new_stack: NewStack) -> None:
    stack = new_stack(home).up()

    second = stack.run("up", "--port", str(stack.port + 1))

    assert second.returncode == 1
    assert f"http://localhost:{stack.port}" in second.stderr
    assert f"pid {stack.process.pid}" in second.stderr
    assert "Traceback" not in second.stderr
    assert stack.answers()


def test_taken_port_is_told_before_anything_starts(home: Path, new_stack: NewStack) -> None:
    stack = new_stack(home)
    with socket.create_server(("127.0.0.1", stack.port)):
        refused = stack.run("up")

    assert refused.returncode == 1
    assert f"127.0.0.1:{stack.port} cannot be used" in refused.stderr
    assert not (home / "engines").exists()


def test_long_home_gets_its_sockets_elsewhere(folder: Path, new_stack: NewStack) -> None:
    home = folder / ("long" * 25) / "home"
    home.parent.mkdir(mode=0o711)

    stack = new_stack(home).up()

    assert "host=%2Ftmp%2Fprojectflow-" in stack.told()["database_url"]
    assert stack.stop() == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="is about root")
def test_home_that_engines_cannot_reach(home: Path, new_stack: NewStack) -> None:
    home.parent.chmod(0o700)

    stack = new_stack(home).up()

    place = Path((home / "engines-at").read_text().strip())
    assert place.parent == Path("/var/lib/projectflow")
    assert (place / "postgres" / "PG_VERSION").exists()
    assert stack.stop() == 0
    assert stack.up().stop() == 0

    place.rename(place.with_suffix(".gone"))
    gone = stack.run("up")
    place.with_suffix(".gone").rename(place)
    assert gone.returncode == 1
    assert "which is gone" in gone.stderr


def test_interrupted_first_start_goes_on(home: Path, new_stack: NewStack) -> None:
    stack = new_stack(home)
    (home / "engines" / "postgres.new").mkdir(parents=True)
    (home / "engines" / "postgres.new" / "half").write_text("made")
    (home / "run").mkdir()
    (home / "run" / "engines.json").write_text('{"pid": 1')

    assert stack.up().stop() == 0


def test_data_of_another_major_version_is_not_opened(home: Path, new_stack: NewStack) -> None:
    stack = new_stack(home).up()
    stack.stop()
    version = next(home.glob("engines/postgres")) / "PG_VERSION"
    version.write_text("16\n")

    refused = stack.run("up")

    assert refused.returncode == 1
    assert "was made by PostgreSQL 16" in refused.stderr


def test_engines_given_by_address_are_used(folder: Path, new_stack: NewStack) -> None:
    told = new_stack(folder / "home").up().told()
    outside = {"DATABASE_URL": told["database_url"], "REDIS_URL": told["redis_url"]}

    other = new_stack(folder / "other", **outside).up()

    assert set(other.told()["pids"]) == {"api", "worker"}
    assert other.stop() == 0
    assert not (folder / "other" / "engines").exists()


async def test_migrations_need_the_owner(folder: Path, new_stack: NewStack) -> None:
    told = new_stack(folder / "home").up().told()
    admin = await asyncpg.connect(told["database_superuser_url"])
    try:
        await admin.execute("CREATE DATABASE empty OWNER projectflow_owner")
    finally:
        await admin.close()
    outside = {
        "DATABASE_URL": told["database_url"].replace("/projectflow?", "/empty?"),
        "REDIS_URL": told["redis_url"],
    }

    refused = new_stack(folder / "other", **outside).run("up")

    assert refused.returncode == 1
    assert "DATABASE_OWNER_URL" in refused.stderr
    owner = told["database_owner_url"].replace("/projectflow?", "/empty?")
    assert new_stack(folder / "other", **outside, DATABASE_OWNER_URL=owner).up().stop() == 0

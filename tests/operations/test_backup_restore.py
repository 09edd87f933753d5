"""Backup and restore of a whole installation, with `up` running and stopped."""

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tests.embedded.conftest import folder, home, new_stack
from tests.embedded.stack import Stack

__all__ = ["folder", "home", "new_stack"]
pytestmark = pytest.mark.stack
NewStack = Callable[..., Stack]


async def _ask(stack: Stack, *statements: str) -> list[list[Any]]:
    connection = await asyncpg.connect(stack.told()["database_superuser_url"])
    try:
        return [[tuple(row) for row in await connection.fetch(text)] for text in statements]
    finally:
        await connection.close()


def _left_by(folder: Path, *patterns: str) -> list[Path]:
    return [path for pattern in patterns for path in folder.glob(pattern)]


NAMES = "SELECT name FROM tenants ORDER BY name"
DATABASES = "SELECT datname FROM pg_database WHERE datname LIKE 'projectflow%'"


async def test_round_trip(home: Path, folder: Path, new_stack: NewStack) -> None:
    stack = new_stack(home).up()
    await _ask(stack, "INSERT INTO tenants (subdomain, name) VALUES ('acme', 'Acme')")
    (home / "files" / "a").mkdir(mode=0o700)
    (home / "files" / "a" / "plan.txt").write_text("the plan")
    key = (home / "keys" / "jwt.pem").read_bytes()
    file = folder / "backup.pf"

    made = stack.run("backup", str(file))

    assert made.returncode == 0, made.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not _left_by(folder, ".backup*")

    await _ask(stack, "UPDATE tenants SET name = 'Changed'")
    (home / "files" / "a" / "plan.txt").write_text("changed")
    (home / "files" / "later.txt").write_text("later")
    (home / "keys" / "jwt.pem").write_bytes(b"changed")

    running = stack.run("restore", str(file), "--yes")
    assert running.returncode == 1
    assert "stop it first" in running.stderr

    stack.stop()
    unasked = stack.run("restore", str(file), stdin="")
    assert unasked.returncode == 1
    assert "--yes" in unasked.stderr
    assert (home / "keys" / "jwt.pem").read_bytes() == b"changed"

    done = stack.run("restore", str(file), "--yes")
    assert done.returncode == 0, done.stderr

    stack.up()
    names, databases, rights = await _ask(
        stack,
        NAMES,
        DATABASES,
        "SELECT has_database_privilege('public', 'projectflow', 'connect'),"
        " has_database_privilege('projectflow_app', 'projectflow', 'connect'),"
        " (SELECT count(*) FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity)",
    )
    assert names == [("Acme",)]
    assert databases == [("projectflow",)]
    assert rights == [(False, True, 0)]
    assert (home / "files" / "a" / "plan.txt").read_text() == "the plan"
    assert not (home / "files" / "later.txt").exists()
    assert (home / "keys" / "jwt.pem").read_bytes() == key
    assert not _left_by(home, "*.replaced", "*.restoring", ".restore*")
    assert stack.stop() == 0


async def test_damaged_file_changes_nothing(home: Path, folder: Path, new_stack: NewStack) -> None:
    stack = new_stack(home).up()
    await _ask(stack, "INSERT INTO tenants (subdomain, name) VALUES ('acme', 'Acme')")
    file = folder / "backup.pf"
    assert stack.run("backup", str(file)).returncode == 0
    await _ask(stack, "UPDATE tenants SET name = 'Later'")
    stack.stop()
    whole = file.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1

    for content in (whole[: len(whole) // 2], whole[:-1], bytes(flipped), b""):
        file.write_bytes(content)
        refused = stack.run("restore", str(file), "--yes")
        assert refused.returncode == 1
        assert "Traceback" not in refused.stderr

    stack.up()
    assert await _ask(stack, NAMES, DATABASES) == [[("Later",)], [("projectflow",)]]


async def test_restore_into_a_new_home_while_stopped(folder: Path, new_stack: NewStack) -> None:
    old = new_stack(folder / "home").up()
    await _ask(old, "INSERT INTO tenants (subdomain, name) VALUES ('acme', 'Acme')")
    old.stop()
    file = folder / "backup.pf"
    assert old.run("backup", str(file)).returncode == 0

    new = new_stack(folder / "other")
    done = new.run("restore", str(file))
    assert done.returncode == 0, done.stderr

    assert await _ask(new.up(), NAMES) == [[("Acme",)]]


def test_doctor(home: Path, new_stack: NewStack) -> None:
    stack = new_stack(home).up()

    well = stack.run("doctor", "--json")

    assert well.returncode == 0, well.stdout
    findings = {finding["subject"]: finding["level"] for finding in json.loads(well.stdout)}
    for subject in ("PostgreSQL", "service's role", "query plans", "schema", "clock", "address"):
        assert findings[subject] == "ok", well.stdout
    assert findings["Redis persistence"] == "ok"

    (home / "keys" / "jwt.pem").chmod(0o644)
    ill = stack.run("doctor")

    assert ill.returncode == 1
    assert f"chmod 600 {home / 'keys' / 'jwt.pem'}" in ill.stdout

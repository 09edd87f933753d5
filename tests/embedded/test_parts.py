"""The parts of the supervisor that need no engine."""

import asyncio
import os
import time
from pathlib import Path

import pytest

from projectflow.embedded import logs
from projectflow.embedded.child import Child, Command, EngineFailed, clean_environment, run_tool
from projectflow.embedded.logs import LogFile
from projectflow.embedded.passwords import engine_password
from projectflow.embedded.running import AlreadyRunning, find_running, holding_home
from projectflow.embedded.terminal import Terminal


def test_log_is_kept_short_while_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "LOG_BYTES", 1000)
    log = LogFile(tmp_path / "api.log")
    with log.appending() as descriptor:
        os.write(descriptor, b"first\n" * 200)
        assert len(log.new_lines()) == 200
        log.trim()
        os.write(descriptor, b"second\nhalf a li")
        assert log.new_lines() == ["second"]
        os.write(descriptor, b"ne\n")
        assert log.new_lines() == ["half a line"]

    assert log.tail(1) == "half a line"
    assert (tmp_path / "api.log.1").read_bytes() == b"first\n" * 200
    LogFile(tmp_path / "api.log")
    assert (tmp_path / "api.log.1").read_text() == "second\nhalf a line\n"


def test_terminal_shows_warnings_alone(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        '{"level": "info", "event": "request"}',
        '{"level": "error", "event": "broken"}',
        "plain words",
        "WARNING: look here",
        '{"level": "warn',
    ]

    Terminal().warnings_of("api", lines)

    assert capsys.readouterr().out.splitlines() == [f"api: {lines[1]}", f"api: {lines[3]}"]


def test_password_is_made_once_and_private(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()

    first = engine_password(tmp_path, "valkey")

    assert first == engine_password(tmp_path, "valkey")
    assert len(first) == 48
    assert (tmp_path / "secrets" / "valkey").stat().st_mode & 0o777 == 0o600


def test_home_is_held_by_one(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    with (
        holding_home(tmp_path, "at http://localhost:1"),
        pytest.raises(AlreadyRunning, match=r"pid \d+, at http://localhost:1"),
        holding_home(tmp_path, "again"),
    ):
        pass
    with holding_home(tmp_path, "afterwards"):
        assert find_running(tmp_path) is None


def test_file_of_a_dead_supervisor_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    with holding_home(tmp_path, "once"):
        pass
    (tmp_path / "run" / "engines.json").write_text("{}")

    assert find_running(tmp_path) is None


async def test_child_that_will_not_stop_is_killed(tmp_path: Path) -> None:
    command = Command(
        name="stubborn",
        argv=("/bin/sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.1; done"),
        environment=clean_environment(),
        directory=tmp_path,
        stop_timeout=0.5,
    )
    log = LogFile(tmp_path / "stubborn.log")
    child = Child(command, log)
    while "ready" not in log.tail():  # noqa: ASYNC110 - another process writes it
        await asyncio.sleep(0.01)

    began = time.monotonic()
    await child.stop()

    assert 0.4 < time.monotonic() - began < 5
    assert child.exit_code() == -9


def test_program_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(EngineFailed, match="cannot be run"):
        run_tool([tmp_path / "nothing"], timeout=5)
    with pytest.raises(EngineFailed, match="took longer than"):
        run_tool(["/bin/sleep", "5"], timeout=0.1)
    with pytest.raises(EngineFailed, match=r"sh failed \(3\): why"):
        run_tool(["/bin/sh", "-c", "echo why >&2; exit 3"], timeout=5)

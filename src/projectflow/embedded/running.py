"""Which `up` runs on a home: one lock, and a file with the addresses of its engines."""

import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from projectflow.core.settings import Settings
from projectflow.embedded.child import EngineFailed
from projectflow.embedded.passwords import write_private
from projectflow.embedded.refusal import Refusal

LEFTOVER_SECONDS = 30.0
PROBE_SECONDS = 0.3  # `find_running` takes the lock for a moment


class Running(Struct, kw_only=True):
    """What `up` tells other commands: run/engines.json, readable by its owner alone."""

    pid: int
    address: str
    host: str
    port: int
    database_url: str
    database_owner_url: str | None
    database_superuser_url: str | None
    redis_url: str
    pids: dict[str, int]


class AlreadyRunning(Refusal):
    """Another `projectflow up` runs on this home."""


@contextmanager
def holding_home(home: Path, purpose: str) -> Generator[int]:
    """Hold the home for one supervisor.

    Two locks: `run/up.lock` dies with the supervisor; `run/children.lock` is inherited by its
    children and so is free only when the last of them has gone, even after kill -9. Two Valkeys
    must never write the same append-only file.

    Args:
        home: An existing PROJECTFLOW_HOME.
        purpose: Shown to whoever finds the home taken, e.g. `at http://localhost:8400`.

    Yields:
        The descriptor that children inherit.

    Raises:
        AlreadyRunning: Another supervisor holds the home.
        EngineFailed: Processes of an earlier run do not end.
    """
    folder = home / "run"
    own = os.open(folder / "up.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    lifeline = os.open(folder / "children.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if not _locked_within(own, PROBE_SECONDS):
            held_by = os.pread(own, 4096, 0).decode().strip()
            raise AlreadyRunning(f"ProjectFlow already runs on {home}: {held_by}")
        os.ftruncate(own, 0)
        os.pwrite(own, f"pid {os.getpid()}, {purpose}\n".encode(), 0)
        _wait_for_leftovers(lifeline, home)
        yield lifeline
    finally:
        os.close(lifeline)
        os.close(own)


def _wait_for_leftovers(lifeline: int, home: Path) -> None:
    if not _locked_within(lifeline, LEFTOVER_SECONDS):
        running = _read(home)
        pids = f" ({running.pids})" if running else ""
        raise EngineFailed(f"processes of an earlier run on {home} do not end{pids}: end them")


def _locked_within(descriptor: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not _locked(descriptor):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def tell(home: Path, running: Running) -> None:
    """Write run/engines.json."""
    text = msgspec.json.format(msgspec.json.encode(running), indent=2).decode()
    write_private(home / "run" / "engines.json", text)


def tell_no_more(home: Path) -> None:
    """Remove run/engines.json."""
    (home / "run" / "engines.json").unlink(missing_ok=True)


def find_running(home: Path) -> Running | None:
    """The engines of the `up` that runs on this home; None where none does.

    A file left by a killed supervisor does not count: the lock says who lives.
    """
    try:
        own = os.open(home / "run" / "up.lock", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return None if _locked(own) else _read(home)
    finally:
        os.close(own)


def _read(home: Path) -> Running | None:
    try:
        return msgspec.json.decode((home / "run" / "engines.json").read_bytes(), type=Running)
    except (OSError, msgspec.DecodeError):
        return None


def with_running_engines(settings: Settings) -> Settings:
    """Settings whose missing addresses are those of the running `up`, if one runs."""
    running = find_running(settings.home)
    if running is None:
        return settings
    owner = settings.database_owner_url
    if settings.database_url is None:
        owner = owner or running.database_owner_url
    return msgspec.structs.replace(
        settings,
        database_url=settings.database_url or running.database_url,
        database_owner_url=owner,
        redis_url=settings.redis_url or running.redis_url,
    )

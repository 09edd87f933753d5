"""Bringing an engine up: start it, wait until it answers, try again while an old one goes."""

import asyncio
import time
from pathlib import Path
from typing import Protocol

from projectflow.embedded.child import Child, Command, EngineFailed
from projectflow.embedded.logs import LogFile

START_SECONDS = 60.0
RETRY_SECONDS = 10.0  # orphans of a killed postmaster keep its shared memory for a moment


class Engine(Protocol):
    """What PostgreSQL, Valkey and our own processes have in common."""

    @property
    def name(self) -> str:
        """Names its log file."""
        ...

    @property
    def title(self) -> str:
        """What people call it."""
        ...

    def command(self) -> Command:
        """What to run."""
        ...

    async def ready(self) -> bool:
        """Whether it serves now; False while it starts."""
        ...


async def bring_up(
    engine: Engine, log: LogFile, lifeline: int | None, *, retry: float = RETRY_SECONDS
) -> Child:
    """Start an engine and wait until it is ready.

    Args:
        engine: What to start.
        log: Receives its output.
        lifeline: See `Child`.
        retry: Seconds during which one that ends at once is started again.

    Raises:
        EngineFailed: It ends at once, or is not ready after 60 s; carries its last words.
    """
    began = time.monotonic()
    while True:
        child = Child(engine.command(), log, lifeline)
        try:
            code = await _until_ready_or_ended(engine, child, log)
        except BaseException:
            await child.stop()
            raise
        if code is None:
            return child
        if time.monotonic() - began > retry:
            raise EngineFailed(_last_words(engine, log, f"ended (exit code {code})"))
        await asyncio.sleep(0.3)


async def _until_ready_or_ended(engine: Engine, child: Child, log: LogFile) -> int | None:
    """Return the exit code of a child that ended, None once the engine is ready."""
    while (code := child.exit_code()) is None:
        if await engine.ready():
            return child.exit_code()  # another may have answered in its place
        if time.monotonic() - child.started > START_SECONDS:
            raise EngineFailed(_last_words(engine, log, f"not ready after {START_SECONDS:.0f} s"))
        await asyncio.sleep(0.02)
    return code


def _last_words(engine: Engine, log: LogFile, what: str) -> str:
    return f"{engine.title} {what}. The end of {log.path}:\n{log.tail()}"


def log_of(home: Path, engine: Engine) -> LogFile:
    """The engine's log file under the home."""
    folder = home / "logs"
    return LogFile(folder / f"{engine.name}.log")

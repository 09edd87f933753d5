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
    child = Child(engine.command(), log, lifeline)
    try:
        while not await engine.ready():
            waited = time.monotonic() - began
            if child.exit_code() is not None:
                if waited > retry:
                    raise EngineFailed(_last_words(engine, log, f"ended ({child.exit_code()})"))
                await asyncio.sleep(0.3)
                child = Child(engine.command(), log, lifeline)
            elif waited > START_SECONDS:
                raise EngineFailed(_last_words(engine, log, f"not ready after {waited:.0f} s"))
            await asyncio.sleep(0.02)
        if child.exit_code() is not None:
            raise EngineFailed(_last_words(engine, log, "ended, and another answers for it"))
    except BaseException:
        await child.stop()
        raise
    return child


def _last_words(engine: Engine, log: LogFile, what: str) -> str:
    return f"{engine.title} {what}. The end of {log.path}:\n{log.tail()}"


def log_of(home: Path, engine: Engine) -> LogFile:
    """The engine's log file under the home."""
    folder = home / "logs"
    folder.mkdir(mode=0o700, exist_ok=True)
    return LogFile(folder / f"{engine.name}.log")

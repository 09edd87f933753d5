"""Processes killed with -9, one by one and all at once: nothing acknowledged is lost."""

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest
from tests.embedded.stack import Stack, alive, kill, wait_until

pytestmark = pytest.mark.stack
NewStack = Callable[..., Stack]
CUT_OFF = (asyncpg.InterfaceError, asyncpg.InternalClientError)


class Writer:
    """Inserts numbers as fast as it can, and remembers those the database acknowledged."""

    def __init__(self, stack: Stack) -> None:
        self._url = stack.told()["database_superuser_url"]
        self.acknowledged: list[int] = []
        self._next = 0

    async def prepare(self) -> None:
        connection = await asyncpg.connect(self._url)
        await connection.execute("CREATE TABLE acknowledged (number bigint PRIMARY KEY)")
        await connection.close()

    async def write(self) -> None:
        while True:
            try:
                connection = await asyncpg.connect(self._url, timeout=2)
            except (OSError, asyncpg.PostgresError):
                await asyncio.sleep(0.05)
                continue
            try:
                await self._insert(connection)
            except (OSError, asyncpg.PostgresError, *CUT_OFF):
                continue
            finally:
                connection.terminate()

    async def _insert(self, connection: asyncpg.Connection) -> None:
        while True:
            self._next += 1
            await connection.execute("INSERT INTO acknowledged VALUES ($1)", self._next)
            self.acknowledged.append(self._next)

    async def lost(self) -> set[int]:
        connection = await asyncpg.connect(self._url)
        try:
            rows = await connection.fetch("SELECT number FROM acknowledged")
        finally:
            await connection.close()
        return set(self.acknowledged) - {row["number"] for row in rows}


async def test_each_process_killed_comes_back_and_no_row_is_lost(
    home: Path, account: tuple[str, ...], new_stack: NewStack
) -> None:
    stack = new_stack(home, account).up()
    writer = Writer(stack)
    await writer.prepare()
    writing = asyncio.create_task(writer.write())
    for name in ("postgres", "valkey", "api", "worker", "postgres"):
        before = stack.pid(name)
        written = len(writer.acknowledged)
        kill(before)
        await asyncio.to_thread(wait_until, lambda n=name, b=before: stack.pid(n) != b, 30)
        await asyncio.to_thread(stack.wait_ready)
        await asyncio.to_thread(
            wait_until, lambda w=written: writing.done() or len(writer.acknowledged) > w + 10, 30
        )
        assert not writing.done(), writing.exception()
    await asyncio.to_thread(stack.kill_everything)
    await asyncio.sleep(0.2)
    await asyncio.to_thread(stack.up)
    assert not writing.done(), writing.exception()
    writing.cancel()

    assert len(writer.acknowledged) > 100
    assert not await writer.lost()
    assert stack.stop() == 0


def test_killed_supervisor_takes_everything_along(
    home: Path, account: tuple[str, ...], new_stack: NewStack
) -> None:
    stack = new_stack(home, account).up()
    pids = stack.pids()

    kill(stack.process.pid)
    stack.process.wait(timeout=10)

    wait_until(lambda: not alive(pids), 15, lambda: str(alive(pids)))
    assert "database system is shut down" in (home / "logs" / "postgres.log").read_text()
    assert stack.up().stop() == 0


def test_up_right_after_a_killed_supervisor(home: Path, new_stack: NewStack) -> None:
    stack = new_stack(home).up()
    kill(stack.process.pid)
    stack.process.wait(timeout=10)

    assert stack.up().stop(signal.SIGTERM) == 0


def test_stopped_while_starting(home: Path, new_stack: NewStack) -> None:
    stack = new_stack(home).up()
    stack.stop()
    for moment in (1, 2, 3):
        stack.start()
        wait_until(lambda m=moment: len(stack.pids()) > m, 20)
        pids = stack.pids()
        assert stack.stop() == 0
        assert not alive(pids)

"""kill -9 of every process amid 10,000 writes: nothing acknowledged is lost, nothing doubled."""

import asyncio
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tests.conftest import TOLD_AT_THE_END
from tests.embedded.conftest import folder, home, new_stack
from tests.embedded.stack import Stack
from tests.realtime.faults import (
    Follower,
    Session,
    Writers,
    environment_without_limits,
    sign_up,
    two_apis,
)

__all__ = ["folder", "home", "new_stack"]
WRITERS = 50
EACH = 200
"""Writes of each writer: a quarter of them new tasks, a quarter changes, half of them comments."""
FAULTS = ("worker", "valkey", "second api", "api", "postgres", "worker")

# A connection whose other end was killed is closed when it is collected, and asyncio says so.
pytestmark = [
    pytest.mark.stack,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


async def test_every_acknowledged_write_is_there_once_and_every_client_sees_it(
    home: Path, new_stack: Callable[..., Stack], record_property: Callable[[str, object], None]
) -> None:
    stack = new_stack(home, **environment_without_limits()).up()
    async with two_apis(stack) as servers:
        session = await sign_up(servers)
        projects = [await _project(session, n) for n in range(4)]
        writers = Writers(session, projects, EACH)
        clients = [Follower(session, turn) for turn in range(4)]
        for client in clients:
            await client.bootstrap()
        following = [asyncio.create_task(client.follow()) for client in clients]
        listening = [asyncio.create_task(client.listen()) for client in clients]
        writing = [asyncio.create_task(writers.write(n)) for n in range(WRITERS)]

        for number, name in enumerate(FAULTS, 1):
            await _until_written(writers, writing, WRITERS * EACH * number // (len(FAULTS) + 1))
            await servers.kill(name)
        await asyncio.gather(*writing)

        last = await clients[0].catch_up()
        async with asyncio.timeout(60):
            while any(c.seq < last or len(c.heard) < last for c in clients):
                assert not any(task.done() for task in (*following, *listening))
                await asyncio.sleep(0.1)
        for task in (*following, *listening):
            task.cancel()

        counts = await _counts(stack, writers, last)
        counts["requests sent again"] = session.repeats
        record_property(TOLD_AT_THE_END, f"faults: {counts}")
        fresh = Follower(session, 0)
        await fresh.bootstrap()
        assert fresh.seq == last
        for client in clients:
            assert client.heard == list(range(1, last + 1))
            assert client.rows == fresh.rows
        await session.client.aclose()


async def _project(session: Session, number: int) -> str:
    body = {"name": f"Project {number}", "key": f"P{number}"}
    answer = await session.ask(0, "POST", "/projects", body)
    return answer.json()["id"]


async def _until_written(writers: Writers, writing: list[asyncio.Task[None]], count: int) -> None:
    while writers.written < count:
        for task in writing:
            if task.done():
                task.result()
        await asyncio.sleep(0.02)


async def _counts(stack: Stack, writers: Writers, last: int) -> dict[str, Any]:
    """What the database holds, after it was held against what was acknowledged."""
    connection = await asyncpg.connect(stack.told()["database_superuser_url"])
    try:
        tasks = await connection.fetch("SELECT id::text, title FROM tasks")
        comments = await connection.fetch("SELECT id::text, body FROM comments")
        events = await connection.fetch(
            "SELECT seq, type, entity_id::text FROM events ORDER BY seq"
        )
    finally:
        await connection.close()
    assert {t["id"]: t["title"] for t in tasks} == {
        id_: f"{mark}!" for mark, id_ in writers.tasks.items()
    }
    assert len(tasks) == len(writers.tasks) == WRITERS * EACH // 4
    assert {c["body"]: c["id"] for c in comments} == writers.comments
    assert len(comments) == len(writers.comments) == WRITERS * EACH // 2
    assert [e["seq"] for e in events] == list(range(1, last + 1))
    kinds = Counter((e["type"], e["entity_id"]) for e in events)
    assert all(kinds["task.created", task] == 1 for task in writers.tasks.values())
    assert all(kinds["task.updated", task] == 1 for task in writers.changed.values())
    assert sum(n for (kind, _), n in kinds.items() if kind == "comment.created") == len(comments)
    return {"acknowledged": writers.written, "tasks": len(tasks), "comments": len(comments),
            "events": len(events), "killed": len(FAULTS)}  # fmt: skip

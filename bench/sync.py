"""What catching up and starting anew cost: `python -m bench.sync`.

Catch-ups of 1, 100 and 1,000 events, and bootstraps of 5,000 and 50,000 tasks, called in this
process against a database of their own: clock and processor time of this process, bytes of JSON.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final
from uuid import UUID

import msgspec
from uuid_utils.compat import uuid7

from bench.stack import running_stack
from projectflow.auth.types import Actor
from projectflow.core.db import Database, connect
from projectflow.core.events import Change, record_all
from projectflow.projects.service import create_project
from projectflow.projects.types import NewProject
from projectflow.realtime.bootstrap import read_bootstrap
from projectflow.realtime.sync import changes_after

SIZES: Final = (5_000, 50_000)
EVENTS: Final = (1, 100, 1_000)
BATCH: Final = 2_500
ROUNDS: Final = 5


async def main() -> None:
    """Print a row each."""
    with running_stack() as stack:
        database = await connect(stack.settings)
        print(f"{'':32}{'clock ms':>10}{'CPU ms':>10}{'kB':>10}")
        for size in SIZES:
            actor, project_id = await _fill(database, size)
            for packed in (False, True):
                name = f"bootstrap {size:,}{' gzip' if packed else ''}"

                async def start(packed: bool = packed, actor: Actor = actor) -> int:
                    return await _bootstrap(database, actor, packed=packed)

                await _show(name, start)
            await _write(database, actor, project_id, max(EVENTS))
            for count in EVENTS:

                async def follow(count: int = count, actor: Actor = actor) -> int:
                    return await _catch_up(database, actor, count)

                await _show(f"{count:,} events of {size:,}", follow)
        await database.close()


async def _fill(database: Database, size: int) -> tuple[Actor, UUID]:
    actor = Actor(uuid7(), uuid7(), "owner", uuid7())
    async with database.tenant(actor.tenant_id) as db:
        await db.execute(
            "INSERT INTO tenants (id, subdomain, name) VALUES ($1, $2, 'Bench')",
            actor.tenant_id,
            f"bench-{actor.tenant_id.hex[-12:]}",
        )
        await db.execute("INSERT INTO event_counters (tenant_id) VALUES ($1)", actor.tenant_id)
        await db.execute(
            """
            INSERT INTO users (tenant_id, id, email, password_hash, first_name, last_name, role)
            VALUES ($1, $2, 'bench@example.org', '!', 'Ben', 'Chmark', 'owner')
            """,
            actor.tenant_id,
            actor.user_id,
        )
        project = await create_project(db, actor, NewProject(name="Plan"))
    for first in range(0, size, BATCH):
        await _add_tasks(database, actor, project.id, first)
    return actor, project.id


async def _add_tasks(database: Database, actor: Actor, project_id: UUID, first: int) -> None:
    async with database.tenant(actor.tenant_id) as db:
        await db.execute(
            """
            INSERT INTO tasks (tenant_id, id, project_id, number, title, description, reporter_id,
                               position)
            SELECT $1, gen_random_uuid(), $2, n, 'Task ' || n, repeat('Some words. ', 20), $3,
                   rank_of(n)
            FROM generate_series($4::int + 1, $4::int + $5) n
            """,
            actor.tenant_id,
            project_id,
            actor.user_id,
            first,
            BATCH,
        )


async def _write(database: Database, actor: Actor, project_id: UUID, count: int) -> None:
    """Events of as many tasks."""
    async with database.tenant(actor.tenant_id) as db:
        rows = await db.fetch(
            "SELECT id FROM tasks WHERE tenant_id = $1 ORDER BY id LIMIT $2",
            actor.tenant_id,
            count,
        )
        changes = [
            Change("task.updated", "task", row["id"], 2, {"after": {"title": "x"}}, project_id)
            for row in rows
        ]
        await record_all(db, actor.tenant_id, actor.user_id, changes)


async def _bootstrap(database: Database, actor: Actor, *, packed: bool) -> int:
    async with database.tenant(actor.tenant_id, read_only=True) as db:
        made = await read_bootstrap(db, actor, None)
    return sum([len(chunk) async for chunk in made.sent(compressed=packed)])


async def _catch_up(database: Database, actor: Actor, count: int) -> int:
    async with database.tenant(actor.tenant_id, read_only=True) as db:
        latest = await db.fetchval(
            "SELECT last_seq FROM event_counters WHERE tenant_id = $1", actor.tenant_id
        )
    async with database.tenant(actor.tenant_id, read_only=True) as db:
        page = await changes_after(db, actor, latest - count, count)
    return len(msgspec.json.encode(page))


async def _show(name: str, action: Callable[[], Awaitable[int]]) -> None:
    """The median of some rounds."""
    times: list[tuple[float, float, int]] = []
    for _ in range(ROUNDS):
        clock, processor = time.perf_counter(), time.process_time()
        size = await action()
        times.append((time.perf_counter() - clock, time.process_time() - processor, size))
    clock, processor, size = sorted(times)[len(times) // 2]
    print(f"{name:32}{clock * 1000:10.1f}{processor * 1000:10.1f}{size / 1000:10.1f}", flush=True)


if __name__ == "__main__":
    asyncio.run(main())

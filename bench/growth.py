"""What a page costs as a workspace grows, with many other workspaces in the same tables.

    .venv/bin/python -m bench.growth                  # 1k, 10k, 100k, 1M tasks; 10,000 workspaces
    .venv/bin/python -m bench.growth --sizes 1000 10000 --workspaces 500

A stack that `projectflow up` started; one project of one workspace grows from size to size, and at
each size every read is asked over HTTP in turn, `--rounds` times, one at a time, with its token
checked. The median and its ratio to the first size are printed. A count of what a query means must
look at what it counts; it is kept until something changes, and its median is of such answers. One
person has 142 of the tasks at each size: a workspace grows with its people.
"""

import argparse
import asyncio
import statistics
import time
from typing import Any
from uuid import UUID

import asyncpg
import httpx
from uuid_utils.compat import uuid7

from bench.stack import Stack, running_stack
from projectflow.auth.tokens import load_tokens
from projectflow.auth.types import Actor
from projectflow.core.db import Database, connect
from projectflow.core.paging import encode_cursor
from projectflow.projects.service import create_project
from projectflow.projects.types import NewProject

OUT_OF_REACH = {
    "PROJECTFLOW_API_LIMIT": "10000000",
    "PROJECTFLOW_WORKSPACE_LIMIT": "1000000000",
}
NEIGHBOUR_TASKS = 20
WALLED = ("tenants", "event_counters", "users", "projects", "workflow_states", "project_counters",
          "tasks", "task_tallies", "search_entries")  # fmt: skip
NEIGHBOURS = (
    """
    INSERT INTO tenants (id, subdomain, name)
    SELECT md5('t' || n)::uuid, 'neighbour-' || n, 'Neighbour' FROM generate_series(1, $1::int) n
    """,
    """
    INSERT INTO event_counters (tenant_id)
    SELECT md5('t' || n)::uuid FROM generate_series(1, $1::int) n
    """,
    """
    INSERT INTO users (tenant_id, id, email, password_hash, first_name, last_name, role)
    SELECT md5('t' || n)::uuid, md5('u' || n)::uuid, 'a@example.org', '!', 'A', 'B', 'owner'
    FROM generate_series(1, $1::int) n
    """,
    """
    INSERT INTO projects (tenant_id, id, key, name, owner_id)
    SELECT md5('t' || n)::uuid, md5('p' || n)::uuid, 'WEB', 'Web', md5('u' || n)::uuid
    FROM generate_series(1, $1::int) n
    """,
    """
    INSERT INTO workflow_states (tenant_id, id, project_id, key, name, category, color, position)
    SELECT md5('t' || n)::uuid, gen_random_uuid(), md5('p' || n)::uuid, 'pending', 'Pending',
           'unstarted', '#888888', 1
    FROM generate_series(1, $1::int) n
    """,
    """
    INSERT INTO project_counters (tenant_id, project_id, last_number)
    SELECT md5('t' || n)::uuid, md5('p' || n)::uuid, $2 FROM generate_series(1, $1::int) n
    """,
    """
    INSERT INTO tasks (tenant_id, project_id, number, title, description, reporter_id, position)
    SELECT md5('t' || n)::uuid, md5('p' || n)::uuid, m, 'Their task ' || m, repeat('word ', 30),
           md5('u' || n)::uuid, rank_of(m)
    FROM generate_series(1, $1::int) n, generate_series(1, $2::int) m
    """,
)
GROW = """
    INSERT INTO tasks (tenant_id, project_id, number, title, description, status, priority,
                       reporter_id, assignee_id, due_date, tags, position, created_at, completed_at)
    SELECT $1, $2, n, 'Task ' || n || ' about ' || (ARRAY['bread', 'ovens', 'flour'])[n % 3 + 1],
           'What somebody wrote about it. ' || repeat(md5(n::text) || ' ', 4),
           (ARRAY['pending', 'in_progress', 'in_review', 'completed'])[n % 4 + 1],
           (ARRAY['low', 'medium', 'high', 'urgent'])[n % 4 + 1], $3::uuid,
           CASE WHEN n % 7 = 0 AND n <= 1000 THEN $3::uuid END,
           CASE WHEN n % 3 = 0 THEN now() + n % 400 * interval '1 day' END,
           ARRAY['t' || n % 50], rank_of(n), now() - (2000000 - n) * interval '1 second',
           CASE WHEN n % 4 = 3 THEN now() END
    FROM generate_series($4::int, $5::int) n
"""
READS: dict[str, str] = {
    "read a task": "/tasks/{task}",
    "read by key": "/tasks/by-key/WEB-500",
    "list 50": "/projects/{project}/tasks",
    "list 50, newest, with a total": (
        "/projects/{project}/tasks?sort=created_at&order=desc&include_total=true"
    ),
    "list 50 by due date": "/projects/{project}/tasks?sort=due_date",
    "list 50 of a state": "/projects/{project}/tasks?status=in_progress",
    "list 50 of a person": "/projects/{project}/tasks?assignee_id={user}",
    "a page in the middle": "/projects/{project}/tasks?cursor={cursor}",
    "board": "/projects/{project}/board",
    "projects": "/projects",
    "one project": "/projects/{project}",
    "query: assignee:me status:pending": "/tasks?query=assignee:me status:pending",
    "query: due<7d order:due": "/tasks?query=due<7d order:due",
    # As many tasks at each size: 1,000 tasks have 20 with the tag.
    "query: tag:t7, 20": "/tasks?query=tag:t7&limit=20",
    "counts by status, kept": "/tasks/counts?group=status",
}


async def main(sizes: list[int], workspaces: int, rounds: int) -> None:
    with running_stack(**OUT_OF_REACH) as stack:
        database = await connect(stack.settings)
        owner = await asyncpg.connect(stack.running.database_owner_url)
        try:
            await _neighbours(owner, workspaces)
            await _measure(stack, database, owner, sizes, rounds)
        finally:
            await owner.close()
            await database.close()


async def _neighbours(owner: asyncpg.Connection, workspaces: int) -> None:
    started = time.perf_counter()
    async with owner.transaction():
        # Nobody writes the rows of many tenants in one statement but for this.
        await _wall(owner, "NO FORCE")
        for statement in NEIGHBOURS:
            arguments = (workspaces, NEIGHBOUR_TASKS) if "$2" in statement else (workspaces,)
            await owner.execute(statement, *arguments)
        await _wall(owner, "FORCE")
    seconds = time.perf_counter() - started
    print(f"{workspaces:,} workspaces of {NEIGHBOUR_TASKS} tasks each ({seconds:.0f} s)")


async def _wall(owner: asyncpg.Connection, force: str) -> None:
    for table in WALLED:
        await owner.execute(f"ALTER TABLE {table} {force} ROW LEVEL SECURITY")


async def _measure(
    stack: Stack, database: Database, owner: asyncpg.Connection, sizes: list[int], rounds: int
) -> None:
    actor = Actor(uuid7(), uuid7(), "owner", uuid7())
    project_id = await _found(database, actor)
    tokens = load_tokens(stack.settings)
    token = tokens.issue(actor.user_id, actor.tenant_id, actor.role, actor.session_id)
    base = f"http://127.0.0.1:{stack.settings.port}/api/v1"
    first: dict[str, float] = {}
    done = 0
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}) as client:
        for size in sizes:
            await _grow(owner, actor, project_id, done + 1, size)
            done = size
            names = await _names(database, actor, project_id, size)
            print(f"\n{size:,} tasks")
            for name, path in READS.items():
                ms = await _median(client, base + path.format(**names), rounds)
                ratio = ms / first.setdefault(name, ms)
                print(f"  {name:<36} {ms:8.2f} ms   {ratio:5.2f}x", flush=True)


async def _found(database: Database, actor: Actor) -> UUID:
    async with database.tenant(actor.tenant_id) as db:
        await db.execute(
            "INSERT INTO tenants (id, subdomain, name) VALUES ($1, 'grows', 'Grows')",
            actor.tenant_id,
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
        return (await create_project(db, actor, NewProject(name="Web", key="WEB"))).id


async def _grow(
    owner: asyncpg.Connection, actor: Actor, project_id: UUID, first: int, last: int
) -> None:
    """Add tasks; then let the planner know, as autovacuum would within a minute."""
    async with owner.transaction():
        await owner.execute("SELECT set_config('app.tenant_id', $1, true)", str(actor.tenant_id))
        await owner.execute(
            GROW, actor.tenant_id, project_id, actor.user_id, first, last, timeout=1800
        )
        await owner.execute(
            "UPDATE project_counters SET last_number = $3 WHERE tenant_id = $1 AND project_id = $2",
            actor.tenant_id,
            project_id,
            last,
        )
    await owner.execute("VACUUM ANALYZE tasks", timeout=1800)
    await owner.execute("ANALYZE", timeout=600)


async def _names(database: Database, actor: Actor, project_id: UUID, size: int) -> dict[str, str]:
    async with database.tenant(actor.tenant_id, read_only=True) as db:
        row: Any = await db.fetchrow(
            """
            SELECT id, position FROM tasks
            WHERE tenant_id = $1 AND project_id = $2 AND number = $3
            """,
            actor.tenant_id,
            project_id,
            size // 2,
        )
    return {
        "project": str(project_id),
        "user": str(actor.user_id),
        "task": str(row["id"]),
        "cursor": encode_cursor(row["position"], row["id"]),
    }


async def _median(client: httpx.AsyncClient, url: str, rounds: int) -> float:
    took: list[float] = []
    for _ in range(rounds):
        started = time.perf_counter()
        answer = await client.get(url, timeout=60)
        took.append((time.perf_counter() - started) * 1000)
        assert answer.status_code == 200, answer.text
    return statistics.median(took)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What a page costs as a workspace grows.")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--workspaces", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=40)
    return parser.parse_args()


if __name__ == "__main__":
    arguments = _parse()
    asyncio.run(main(arguments.sizes, arguments.workspaces, arguments.rounds))

"""How long a project's whole timeline takes, from the database to JSON: see bench/schedule.py."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import msgspec
from uuid_utils.compat import uuid7

from bench.stack import Stack, running_stack
from projectflow.auth.tokens import load_tokens
from projectflow.auth.types import Actor
from projectflow.core.db import Database, connect
from projectflow.planning.computed import build, compute, schedule_of
from projectflow.planning.project_plan import load_plan
from projectflow.planning.timeline import timeline_of
from projectflow.projects.service import create_project
from projectflow.projects.types import NewProject
from projectflow.tasks.schedule.types import LinkType, Network

SIZES = (100, 1_000, 10_000)
COLUMNS = (
    "tasks", "database", "build", "engine", "answer", "JSON", "all CPU", "request", "apply",
    "ratio",
)  # fmt: skip
OUT_OF_REACH = {"PROJECTFLOW_API_LIMIT": "10000000", "PROJECTFLOW_WORKSPACE_LIMIT": "1000000000"}


async def measure(network: Callable[[int], Network], rounds: int) -> None:
    """Print a row a size: each part's least processor time, and the whole request's clock."""
    print("".join(f"{name:>10}" for name in COLUMNS))
    with running_stack(**OUT_OF_REACH) as stack:
        database = await connect(stack.settings)
        previous = 0.0
        for size in SIZES:
            actor, project_id = await _fill(database, network(size))
            parts = await _parts(database, actor, project_id, rounds)
            asked = await _request(stack, actor, project_id, rounds)
            row = "".join(f"{each * 1000:10.1f}" for each in (*parts, sum(parts), *asked))
            per_task = sum(parts) / size
            ratio = per_task / previous if previous else 1.0
            print(f"{size:10,}{row}{ratio:10.2f}")
            previous = per_task
        await database.close()
    print("(milliseconds; ratio: processor time a task, beside the row above)")


async def _fill(database: Database, network: Network) -> tuple[Actor, UUID]:
    """The network of the other benchmark as tasks, schedules and dependencies."""
    actor = Actor(uuid7(), uuid7(), "owner", uuid7())
    ids: dict[UUID, UUID] = {item.id: uuid7() for item in network.activities}
    async with database.tenant(actor.tenant_id) as db:
        tenant = actor.tenant_id
        await db.execute(
            "INSERT INTO tenants (id, subdomain, name) VALUES ($1, $2, 'Bench')",
            tenant,
            f"bench-{tenant.hex[-12:]}",
        )
        await db.execute("INSERT INTO event_counters (tenant_id) VALUES ($1)", tenant)
        await db.execute(
            """
            INSERT INTO users (tenant_id, id, email, password_hash, first_name, last_name, role)
            VALUES ($1, $2, 'bench@example.org', '!', 'Ben', 'Chmark', 'owner')
            """,
            tenant,
            actor.user_id,
        )
        project = await create_project(
            db, actor, NewProject(name="Plan", start_date=network.start.date())
        )
        items = network.activities
        await db.execute(
            """
            INSERT INTO tasks (tenant_id, id, project_id, number, title, reporter_id, assignee_id,
                               parent_id, position)
            SELECT $1, w.id, $2, w.n, 'Task ' || w.n, $3::uuid,
                   CASE WHEN w.assigned THEN $3::uuid END, w.parent_id, rank_of(w.n::int)
            FROM unnest($4::uuid[], $5::uuid[], $6::boolean[]) WITH ORDINALITY
                AS w (id, parent_id, assigned, n)
            """,
            tenant,
            project.id,
            actor.user_id,
            list(ids.values()),
            [None if item.parent_id is None else ids[item.parent_id] for item in items],
            [item.calendar is not None for item in items],
        )
        await db.execute(
            """
            INSERT INTO task_schedules (tenant_id, task_id, duration_minutes)
            SELECT $1, w.* FROM unnest($2::uuid[], $3::int[]) AS w
            """,
            tenant,
            list(ids.values()),
            [item.duration for item in items],
        )
        pairs = {(link.predecessor_id, link.successor_id): link for link in network.links}
        names = {kind: name.lower() for name, kind in LinkType.__members__.items()}
        await db.execute(
            """
            INSERT INTO task_dependencies (tenant_id, id, depends_on_task_id, task_id,
                                           dependency_type, lag_minutes, lag_is_elapsed)
            SELECT $1, w.* FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::int[],
                                       $7::boolean[]) AS w
            """,
            tenant,
            [uuid7() for _ in pairs],
            [ids[first] for first, _ in pairs],
            [ids[then] for _, then in pairs],
            [names[link.type] for link in pairs.values()],
            [link.lag for link in pairs.values()],
            [link.elapsed for link in pairs.values()],
        )
    return actor, project.id


async def _parts(
    database: Database, actor: Actor, project_id: UUID, rounds: int
) -> tuple[float, ...]:
    """Our own processor time: reading, building the network, scheduling, the answer, JSON."""
    best: list[float] = []
    for _ in range(rounds):
        async with database.tenant(actor.tenant_id, read_only=True) as db:
            plan, reading = await _timed(lambda db=db: load_plan(db, actor, project_id))
        built, building = _took(lambda plan=plan: build(plan))
        _, scheduling = _took(lambda plan=plan, built=built: schedule_of(plan, built.network))
        computed = compute(plan)
        made, answering = _took(lambda computed=computed: timeline_of(computed))
        _, encoding = _took(lambda made=made: msgspec.json.encode(made))
        times = [reading, building, scheduling, answering, encoding]
        best = [min(pair) for pair in zip(best or times, times, strict=True)]
    return tuple(best)


async def _timed(ask: Callable[[], Awaitable[Any]]) -> tuple[Any, float]:
    begun = time.process_time()
    return await ask(), time.process_time() - begun


def _took(work: Callable[[], Any]) -> tuple[Any, float]:
    begun = time.process_time()
    return work(), time.process_time() - begun


async def _request(
    stack: Stack, actor: Actor, project_id: UUID, rounds: int
) -> tuple[float, float]:
    """By the clock: the least of whole requests over HTTP, and of writing all dates once."""
    token = load_tokens(stack.settings).issue(
        actor.user_id, actor.tenant_id, actor.role, actor.session_id
    )
    url = f"http://127.0.0.1:{stack.settings.port}/api/v1/projects/{project_id}"
    took: list[float] = []
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}) as client:
        for _ in range(rounds):
            begun = time.perf_counter()
            answer = await client.get(f"{url}/timeline", timeout=60)
            took.append(time.perf_counter() - begun)
            assert answer.status_code == 200, answer.text
        begun = time.perf_counter()
        answer = await client.post(f"{url}/schedule/apply", timeout=60)
        assert answer.status_code == 200, answer.text
        return min(took), time.perf_counter() - begun


def run(network: Callable[[int], Network], rounds: int) -> None:
    """As `measure`, from a program without an event loop."""
    asyncio.run(measure(network, rounds))

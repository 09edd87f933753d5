"""How long the dashboards take in a workspace with a million events of tasks.

    .venv/bin/python -m bench.analytics                    # 1,000,000 events, 20 projects
    .venv/bin/python -m bench.analytics --events 100000
    .venv/bin/python -m bench.analytics --events 10000000 --store clickhouse

A cluster of its own. A tenth of the events make tasks; each task is started, moved to and fro,
estimated and mostly completed, over two years. The facts are written by SQL as the feed would
write them (a check counts the log of one project again by the feed itself and compares what they
say), the routes' functions are timed with their transaction, without HTTP. The feed's speed is that
of the check. Beyond 2,000,000 events the log itself is not written, and so not checked.

With `--store clickhouse` the same facts are copied to ClickHouse as a rebuild copies them, and both
stores are timed and their answers compared. ClickHouse is chDB here, its engine as a library in a
process of its own behind the tests' HTTP shim, capped at 1 GB, not a server.
"""

import argparse
import asyncio
import os
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import asyncpg
import msgspec
from tests.analytics.clickhouse_engine import Engine
from tests.cluster import Cluster
from uuid_utils.compat import uuid7

from projectflow.analytics.clickhouse import ClickHouseStore
from projectflow.analytics.clickhouse_client import ClickHouse
from projectflow.analytics.clickhouse_facts import ClickHouseCopies
from projectflow.analytics.copying import Copies
from projectflow.analytics.feed import consume
from projectflow.analytics.postgres import PostgresStore
from projectflow.analytics.project_metrics import read_project_metrics
from projectflow.analytics.ranges import Asked
from projectflow.analytics.store import AnalyticsStore
from projectflow.analytics.tenant_metrics import read_tenant_metrics
from projectflow.analytics.trends import read_trends
from projectflow.analytics.usage import read_usage
from projectflow.auth.types import Actor
from projectflow.core.consumers import EVENT_COLUMNS, event_of
from projectflow.core.db import Db, connect
from projectflow.core.settings import Settings

PROJECTS, PEOPLE, EACH = 20, 40, 10
MOST_LOGGED = 2_000_000
STATES = (
    ("pending", "unstarted"), ("in_progress", "started"), ("in_review", "started"),
    ("completed", "completed"), ("cancelled", "cancelled"),
)  # fmt: skip
MADE = """
    CREATE TEMP TABLE made AS
    SELECT n, gen_random_uuid() AS task_id,
           ($2::uuid[])[n % cardinality($2::uuid[]) + 1] AS project,
           ($3::uuid[])[n % cardinality($3::uuid[]) + 1] AS person,
           now() - interval '730 days' + n * (interval '730 days' / $1::int) AS born,
           (n % 16 + 1) * 0.5 AS estimate
    FROM generate_series(1, $1::int) n
"""
# The life of a task: ten events, an hour to some days apart; one task in eight stays in progress.
LIVES = """
    CREATE TEMP TABLE lives AS
    SELECT m.*, k, row_number() OVER (ORDER BY m.born + k * step, m.n, k) AS seq,
           m.born + k * step AS at,
           (ARRAY['pending', 'pending', 'in_progress', 'in_review', 'in_progress', 'in_review',
                  'in_review', CASE WHEN m.n % 8 = 0 THEN 'in_review' ELSE 'completed' END,
                  CASE WHEN m.n % 8 = 0 THEN 'in_review'
                       WHEN m.n % 20 = 1 THEN 'in_progress' ELSE 'completed' END,
                  CASE WHEN m.n % 8 = 0 THEN 'in_review' ELSE 'completed' END])[k + 1] AS status
    FROM made m CROSS JOIN LATERAL (SELECT (m.n % 40 + 1) * interval '47 minutes' AS step) s
    CROSS JOIN generate_series(0, 9) k
"""
LOG = """
    INSERT INTO events (tenant_id, seq, type, actor_id, entity_type, entity_id, project_id,
                        entity_version, payload, created_at)
    SELECT $1, seq, CASE k WHEN 0 THEN 'task.created' ELSE 'task.updated' END, person, 'task',
           task_id, project, k + 1,
           jsonb_build_object('after', CASE k
               WHEN 0 THEN jsonb_build_object('status', status, 'estimated_hours', estimate,
                    'assignee_id', person, 'created_at', at, 'due_date', at + interval '9 days')
               WHEN 1 THEN jsonb_build_object('title', 'Another')
               ELSE jsonb_build_object('status', status) END), at
    FROM lives
"""


async def fill(connection: asyncpg.Connection, events: int) -> tuple[Actor, list[UUID]]:
    """A workspace with a log, and nothing counted."""
    tenant = uuid7()
    people = [uuid7() for _ in range(PEOPLE)]
    projects = [uuid7() for _ in range(PROJECTS)]
    await connection.execute(
        "INSERT INTO tenants (id, subdomain, name) VALUES ($1, $2, 'W')", tenant, f"w-{tenant.hex}"
    )
    await connection.execute(
        "INSERT INTO event_counters (tenant_id, last_seq) VALUES ($1, $2)", tenant, events
    )
    await connection.execute(
        "INSERT INTO users (tenant_id, id, email, password_hash, first_name, last_name, role)"
        " SELECT $1, id, id || '@example.org', '!', 'A', 'B', 'owner' FROM unnest($2::uuid[]) id",
        tenant,
        people,
    )
    await connection.execute(
        "INSERT INTO projects (tenant_id, id, key, name, owner_id)"
        " SELECT $1, id, 'P' || n, 'W', $3 FROM unnest($2::uuid[]) WITH ORDINALITY AS p (id, n)",
        tenant,
        projects,
        people[0],
    )
    for place, (key, category) in enumerate(STATES):
        await connection.execute(
            "INSERT INTO workflow_states (tenant_id, id, project_id, key, name, category, color,"
            " position) SELECT $1, gen_random_uuid(), id, $3::text, $3, $4, '#000000', $5"
            " FROM unnest($2::uuid[]) id",
            tenant,
            projects,
            key,
            category,
            place,
        )
    await connection.execute(MADE, events // EACH, projects, people, timeout=3_600)
    await connection.execute(LIVES, timeout=3_600)
    if events <= MOST_LOGGED:
        await connection.execute(LOG, tenant, timeout=3_600)
    return Actor(people[0], tenant, "owner", uuid7()), projects


CATEGORY = """
    CASE status WHEN 'pending' THEN 'unstarted' WHEN 'completed' THEN 'completed'
    ELSE 'started' END
"""
SPANS = f"""
    CREATE TEMP TABLE spanned AS
    WITH changed AS (
        SELECT *, {CATEGORY} AS category,
               lag(status) OVER task IS DISTINCT FROM status AS begins FROM lives
        WINDOW task AS (PARTITION BY task_id ORDER BY k)
    )
    SELECT *, row_number() OVER task - 1 AS place, lead(at) OVER task AS ends_at,
           lag(category) OVER task AS was,
           min(at) FILTER (WHERE category = 'started')
               OVER (task ROWS UNBOUNDED PRECEDING) AS first_start,
           born + interval '9 days' AS due_at
    FROM changed WHERE begins
    WINDOW task AS (PARTITION BY task_id ORDER BY k)
"""
FACTS = (
    """
    INSERT INTO analytics_spans (tenant_id, task_id, place, project_id, status, category,
        assignee_id, estimate, due_at, starts_at, ends_at, actor_id, seq, enters, completes,
        reopens, leaves, created_at, started_at, active_us)
    SELECT $1, task_id, place, project, status, category, person, estimate, due_at, at, ends_at,
           person, seq, place = 0, category = 'completed' AND was IS DISTINCT FROM 'completed',
           coalesce(was = 'completed' AND category <> 'completed', false), false, born, first_start,
           coalesce(sum(CASE WHEN category = 'started'
               THEN (extract(epoch FROM ends_at - at) * 1000000)::bigint END)
               OVER (PARTITION BY task_id ORDER BY place
                     ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
    FROM spanned
    """,
    """
    INSERT INTO analytics_tasks (tenant_id, task_id, project_id, status, category, assignee_id,
        estimate, start_date, due_at, is_live, created_at, started_at, completed_at, entered_at,
        touched_at, first_seq, seq)
    SELECT $1, s.task_id, project, status, category, person, estimate, NULL, due_at, true, born,
           first_start, CASE WHEN category = 'completed' THEN at END, at, e.at_last, e.first, e.last
    FROM spanned s JOIN (SELECT task_id, min(seq) AS first, max(seq) AS last, max(at) AS at_last
                         FROM lives GROUP BY 1) e USING (task_id)
    WHERE s.ends_at IS NULL
    """,
    """
    INSERT INTO analytics_flow (tenant_id, project_id, grain, at, backlog, unstarted, started,
        completed, cancelled, backlog_hours, unstarted_hours, started_hours, completed_hours,
        cancelled_hours, entries, exits, completions, reopenings)
    SELECT $1, project, grain, to_timestamp(floor(extract(epoch FROM at) / grain) * grain), 0,
           coalesce(sum(step) FILTER (WHERE category = 'unstarted'), 0),
           coalesce(sum(step) FILTER (WHERE category = 'started'), 0),
           coalesce(sum(step) FILTER (WHERE category = 'completed'), 0), 0, 0,
           coalesce(sum(step * estimate) FILTER (WHERE category = 'unstarted'), 0),
           coalesce(sum(step * estimate) FILTER (WHERE category = 'started'), 0),
           coalesce(sum(step * estimate) FILTER (WHERE category = 'completed'), 0), 0,
           count(*) FILTER (WHERE step = 1 AND place = 0), 0,
           count(*) FILTER (WHERE step = 1 AND category = 'completed' AND was <> 'completed'),
           count(*) FILTER (WHERE step = 1 AND category <> 'completed' AND was = 'completed')
    FROM (SELECT project, at, 1 AS step, category, estimate, place, was FROM spanned
          UNION ALL
          SELECT project, ends_at, -1, category, estimate, place, was FROM spanned
          WHERE ends_at IS NOT NULL) s, (VALUES (900), (86400)) g (grain)
    GROUP BY 2, 3, 4
    """,
    """
    INSERT INTO analytics_usage (tenant_id, at, user_id, kind, events)
    SELECT $1, to_timestamp(floor(extract(epoch FROM at) / 900) * 900), person, 'task', count(*)
    FROM lives GROUP BY 2, 3
    """,
    """
    INSERT INTO analytics_time (tenant_id, entry_id, task_id, project_id, user_id, started_at,
        stopped_at, is_deleted, first_seq, seq)
    SELECT $1, gen_random_uuid(), task_id, project, person, at, at + interval '35 minutes', false,
           seq, seq FROM lives WHERE k IN (3, 5)
    """,
    "INSERT INTO analytics_positions (tenant_id, seq) SELECT $1, max(seq) FROM lives",
)
Dashboard = Callable[[Db], Awaitable[object]]


async def p50(url: Settings, actor: Actor, ask: Dashboard, rounds: int) -> tuple[float, float]:
    """Milliseconds: the median and the longest."""
    database = await connect(url)
    took: list[float] = []
    for _ in range(rounds + 1):
        begun = time.perf_counter()
        async with database.tenant(actor.tenant_id, read_only=True) as db:
            msgspec.json.encode(await ask(db))
        took.append((time.perf_counter() - begun) * 1000)
    await database.close()
    return statistics.median(took[1:]), max(took[1:])


async def copied(settings: Settings, actor: Actor, url: str) -> ClickHouse:
    """Copy all facts to ClickHouse as a rebuild does."""
    database, clickhouse = await connect(settings), ClickHouse(url)
    begun = time.perf_counter()
    async with database.tenant(actor.tenant_id) as db:
        await ClickHouseCopies(clickhouse).renew(db, actor.tenant_id)
        rows = await db.fetchval(
            "SELECT (SELECT count(*) FROM analytics_tasks WHERE tenant_id = $1)"
            " + (SELECT count(*) FROM analytics_spans WHERE tenant_id = $1 AND completes)"
            " + (SELECT count(*) FROM analytics_time WHERE tenant_id = $1)"
            " + (SELECT count(*) FROM analytics_flow WHERE tenant_id = $1 AND grain = 900)"
            " + (SELECT count(*) FROM analytics_usage WHERE tenant_id = $1)",
            actor.tenant_id,
        )
    took = time.perf_counter() - begun
    await database.close()
    print(f"copied {rows:,} rows to ClickHouse in {took:,.0f} s")
    return clickhouse


async def answered(settings: Settings, actor: Actor, ask: Dashboard) -> object:
    """What a dashboard says, without what depends on the moment."""
    database = await connect(settings)
    async with database.tenant(actor.tenant_id, read_only=True) as db:
        found = msgspec.json.decode(msgspec.json.encode(await ask(db)))
    await database.close()
    return {
        name: value
        for name, value in found.items()
        if name not in {"fresh", "ages", "in_progress", "waited_seconds"}
    }


async def fed(
    settings: Settings, actor: Actor, project: UUID, copies: Copies | None, name: str
) -> None:
    """Count one project's part of the log by the feed, and compare what it says."""
    store, database = PostgresStore(), await connect(settings)
    asked = Asked(bucket="week", time_zone="UTC")
    async with database.tenant(actor.tenant_id) as db:
        by_sql = await read_trends(db, actor, store, project, asked)
        rows = await db.fetch(
            f"SELECT {EVENT_COLUMNS} FROM events e WHERE e.tenant_id = $1 AND e.project_id = $2"
            " ORDER BY e.seq LIMIT 50000",
            actor.tenant_id,
            project,
        )
        for table in ("tasks", "spans", "flow", "positions", "usage", "time"):
            await db.execute(f"DELETE FROM analytics_{table} WHERE tenant_id = $1", actor.tenant_id)  # pyright: ignore[reportArgumentType]
        events = [event_of(row) for row in rows]
        begun = time.perf_counter()
        for start in range(0, len(events), 500):
            await consume(db, actor.tenant_id, events[start : start + 500], copies)
        took = time.perf_counter() - begun
        by_feed = await read_trends(db, actor, store, project, asked)
    await database.close()
    same = by_sql.pieces == by_feed.pieces
    speed = len(events) / took
    print(f"the feed, {name}: {speed:,.0f} events a second; the same answer: {same}")


async def measure(cluster: Cluster, events: int, rounds: int, engine: Engine | None) -> None:
    addresses = await cluster.start_here()
    superuser = await asyncpg.connect(addresses.superuser)
    try:
        actor, projects = await fill(superuser, events)
        await superuser.execute(SPANS, timeout=3_600)
        for statement in FACTS:
            await superuser.execute(statement, actor.tenant_id, timeout=3_600)
        await superuser.execute("VACUUM ANALYZE", timeout=3_600)
    finally:
        await superuser.close()
    settings = Settings(
        database_url=addresses.service, log_level="error", database_statement_timeout=600
    )
    stores: dict[str, AnalyticsStore] = {"postgres": PostgresStore()}
    clickhouse = await copied(settings, actor, engine.url) if engine else None
    if clickhouse:
        stores["clickhouse"] = ClickHouseStore(clickhouse)
    print(f"{events:,} events, {PROJECTS} projects; load {os.getloadavg()[0]:.1f}")
    asked = {
        name: dashboards_of(actor, store, projects[0], datetime.now(UTC).date())
        for name, store in stores.items()
    }
    for dashboard in asked["postgres"]:
        line, answers = f"{dashboard:28}", list[object]()
        for name, dashboards in asked.items():
            median, longest = await p50(settings, actor, dashboards[dashboard], rounds)
            line += f" {name}: median {median:7.1f} ms, longest {longest:7.1f} ms"
            if clickhouse:
                answers.append(await answered(settings, actor, dashboards[dashboard]))
        same = f"   the same answer: {answers[0] == answers[-1]}" if answers else ""
        print(line + same)
    if events <= MOST_LOGGED:
        if clickhouse:
            await fed(settings, actor, projects[1], ClickHouseCopies(clickhouse), "with the copy")
        else:
            await fed(settings, actor, projects[0], None, "PostgreSQL alone")
    if clickhouse:
        await clickhouse.close()


def dashboards_of(
    actor: Actor, store: AnalyticsStore, project: UUID, today: date
) -> dict[str, Dashboard]:
    dashboards: dict[str, Dashboard] = {}
    for days, bucket in ((28, "day"), (90, "day"), (365, "week")):
        a = Asked(today - timedelta(days), today, "Asia/Kolkata", bucket)  # pyright: ignore[reportArgumentType]
        dashboards |= {
            f"a project, {days} days": partial(
                read_project_metrics, actor=actor, store=store, project_id=project, asked=a
            ),
            f"its trends, {days} days": partial(
                read_trends, actor=actor, store=store, project_id=project, asked=a
            ),
            f"the workspace, {days} days": partial(
                read_tenant_metrics, actor=actor, store=store, asked=a
            ),
            f"its usage, {days} days": partial(read_usage, actor=actor, store=store, asked=a),
        }
    return dashboards


async def run(events: int, rounds: int, store: str) -> None:
    cluster = Cluster()
    with TemporaryDirectory() as folder:
        engine = Engine(Path(folder)) if store == "clickhouse" else None
        try:
            await measure(cluster, events, rounds, engine)
        finally:
            if engine:
                engine.stop()
            await cluster.stop_here()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--store", choices=["postgres", "clickhouse"], default="postgres")
    asked = parser.parse_args()
    asyncio.run(run(asked.events, asked.rounds, asked.store))


if __name__ == "__main__":
    main()

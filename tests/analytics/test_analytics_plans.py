"""The plans of what dashboards and reports ask: by indexes, in one partition."""

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from litestar import Litestar
from tests.people import Person, found_workspace
from tests.tasks import test_plans
from tests.tasks.test_plans import Sent, indexes, nodes, plans

from projectflow.core.settings import Settings

sent = test_plans.sent
TENANTS = 16
# $1 the workspace, $2 its project, $3 its person. A fifth of the facts are of the project.
FILL = (
    """
    INSERT INTO tasks (tenant_id, id, project_id, number, title, status, reporter_id, assignee_id,
                       position, estimated_hours, created_at)
    SELECT $1, gen_random_uuid(), $2, n, 'T', 'pending', $3, $3, rank_of(n), 2,
           now() - n * interval '1 hour'
    FROM generate_series(1, 300) n
    """,
    """
    INSERT INTO analytics_tasks (tenant_id, task_id, project_id, status, category, assignee_id,
        estimate, is_live, created_at, started_at, entered_at, touched_at, first_seq, seq)
    SELECT $1, t.id, CASE WHEN t.number % 5 = 0 THEN $2 ELSE gen_random_uuid() END, 'pending',
           (ARRAY['unstarted', 'started', 'completed', 'completed'])[t.number % 4 + 1], $3, 2, true,
           t.created_at, t.created_at, t.created_at, t.created_at, t.number, t.number
    FROM tasks t WHERE t.tenant_id = $1 AND t.project_id = $2
    """,
    """
    INSERT INTO analytics_spans (tenant_id, task_id, place, project_id, status, category, starts_at,
        seq, enters, completes, reopens, leaves, created_at, active_us)
    SELECT $1, task_id, place, project_id, status, category, created_at, seq, place = 0, place = 1,
           false, false, created_at, 0
    FROM analytics_tasks, generate_series(0, 1) place WHERE tenant_id = $1 AND assignee_id = $3
        AND $2::uuid IS NOT NULL
    """,
    """
    INSERT INTO analytics_time (tenant_id, entry_id, task_id, project_id, user_id, started_at,
        stopped_at, is_deleted, first_seq, seq)
    SELECT $1, gen_random_uuid(), task_id, project_id, $3, created_at,
           created_at + interval '1 hour', false, seq, seq
    FROM analytics_tasks WHERE tenant_id = $1 AND $2::uuid IS NOT NULL
    """,
    """
    INSERT INTO analytics_flow
    SELECT $1::uuid, project_id, grain, date_bin('15 minutes', created_at, '2000-01-01Z'), 0, 1, 0,
           0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0
    FROM analytics_tasks, unnest(ARRAY[900, 86400]) grain
    WHERE tenant_id = $1 AND assignee_id = $3 AND $2::uuid IS NOT NULL
    ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO analytics_usage
    SELECT DISTINCT $1::uuid, date_bin('15 minutes', created_at, '2000-01-01Z'), $3::uuid, 'task', 1
    FROM analytics_tasks WHERE tenant_id = $1 AND $2::uuid IS NOT NULL
    """,
    """
    INSERT INTO analytics_blocked (tenant_id, task_id, place, project_id, category, starts_at)
    SELECT $1, task_id, 0, project_id, category, created_at
    FROM analytics_tasks WHERE tenant_id = $1 AND assignee_id = $3 AND $2::uuid IS NOT NULL
    """,
)
CROWDED = """
    SELECT (array_agg(DISTINCT tenant_id))[1] FROM analytics_tasks
    WHERE tenant_id = ANY ($1::uuid[]) GROUP BY tableoid ORDER BY count(*) DESC LIMIT 1
"""
FACTS = re.compile(r"(tasks|analytics_[a-z]+)_p\d+$|(analytics_blocked|reports)$")


@pytest.fixture(scope="module")
async def filled(app: Litestar, superuser_url: str) -> AsyncIterator[tuple[Person, str]]:
    """The owner and the project of one of many filled workspaces."""
    connection = await asyncpg.connect(superuser_url)
    made: dict[UUID, tuple[Person, str]] = {}
    for _ in range(TENANTS):
        owner = await found_workspace(app)
        project = (await owner.project("Web"))["id"]
        for statement in FILL:
            await connection.execute(statement, owner.tenant_id, UUID(project), owner.id)
        made[owner.tenant_id] = (owner, project)
    await connection.execute("ANALYZE")
    crowded = await connection.fetchval(CROWDED, list(made))
    await connection.close()
    yield made[crowded]
    for owner, _ in made.values():
        await owner.client.aclose()


HOT: dict[str, tuple[str, str, Any, set[str]]] = {
    "a project's dashboard": (
        "GET", "/analytics/projects/{project}?since=2020-01-01&until=2020-06-30", None,
        {
            "analytics_flow_pkey", "analytics_spans_tenant_id_project_id_starts_at_idx",
            "analytics_time_tenant_id_project_id_started_at_user_id_s_idx",
            "idx_analytics_blocked_project",
        },
    ),
    "its trends": (
        "GET", "/analytics/projects/{project}/trends", None,
        {"analytics_spans_tenant_id_project_id_starts_at_idx"},
    ),
    "who uses it": ("GET", "/analytics/usage", None, {"analytics_usage_pkey"}),
    "a report": (
        "POST", "/reports/run",
        {"measures": ["tasks", "cycle_days_p85"], "dimensions": ["assignee", "created_week"]},
        {"analytics_tasks_pkey"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOT)
async def test_what_is_asked_often_goes_by_its_index(
    filled: tuple[Person, str], sent: list[Sent], settings: Settings, name: str
) -> None:
    owner, project = filled
    method, path, body, intended = HOT[name]
    answer = await owner.client.request(method, path.format(project=project), json=body)
    assert answer.status_code == 200, answer.text
    statements = [
        (query, tuple(list(a) if isinstance(a, tuple) else a for a in args))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        for query, args in sent
        if "set_config" not in query
    ]

    found = await plans(settings, owner.tenant_id, statements)

    assert indexes(found) >= intended, indexes(found)
    touched: dict[str, set[str]] = {}
    for plan in found:
        for node in nodes(plan):
            matched = FACTS.match(node.get("Relation Name", ""))
            if matched:
                assert node["Node Type"] != "Seq Scan", node["Relation Name"]
                touched.setdefault(matched[1] or matched[2], set()).add(matched[0])
    for table, partitions in touched.items():
        assert len(partitions) == 1, f"{table}: {partitions}"

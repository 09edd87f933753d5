"""The plans of the hot queries: the intended index, one partition, no table read whole.

The SQL is what the routes really send, caught on its way to the connection.
"""

import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from asyncpg.connection import Connection
from litestar import Litestar
from tests.people import Person, found_workspace

from projectflow.core.settings import Settings

TENANTS, TASKS = 48, 500
FILL = """
    INSERT INTO tasks (tenant_id, id, project_id, number, title, status, reporter_id, assignee_id,
                       position, tags, estimated_hours, due_date)
    SELECT $1, gen_random_uuid(), $2, n, 'Task ' || n,
           (ARRAY['pending', 'in_progress', 'completed'])[n % 3 + 1], $3::uuid,
           CASE WHEN n % 2 = 0 THEN $3::uuid END, rank_of(n), ARRAY['t' || n % 10],
           CASE WHEN n % 3 = 0 THEN 5 END,
           CASE WHEN n % 5 < 4 THEN now() + n * interval '1 day' END
    FROM generate_series(1, $4::int) n
"""
FILL_MORE = (
    (
        "INSERT INTO comments (tenant_id, id, task_id, author_id, body)"
        " SELECT $1, gen_random_uuid(), id, reporter_id, 'x' FROM tasks WHERE tenant_id = $1"
    ),
    (
        "INSERT INTO comment_mentions (tenant_id, comment_id, user_id)"
        " SELECT tenant_id, id, author_id FROM comments WHERE tenant_id = $1"
    ),
    (
        "INSERT INTO comment_reactions (tenant_id, comment_id, user_id, emoji)"
        " SELECT tenant_id, id, author_id, '👍' FROM comments WHERE tenant_id = $1"
    ),
    (
        "INSERT INTO checklist_items (tenant_id, id, task_id, title, position)"
        " SELECT $1, gen_random_uuid(), id, 'x', 1 FROM tasks WHERE tenant_id = $1"
    ),
    (
        "INSERT INTO events (tenant_id, seq, type, entity_type, entity_id, project_id,"
        " entity_version)"
        " SELECT $1, 100 + number, 'task.created', 'task', id, project_id, 1 FROM tasks"
        " WHERE tenant_id = $1"
    ),
    (
        "INSERT INTO time_entries (tenant_id, id, task_id, project_id, task_number, user_id,"
        " started_at, stopped_at)"
        " SELECT tenant_id, gen_random_uuid(), id, project_id, number, reporter_id, moment,"
        " moment + interval '30 minutes' FROM (SELECT *, '2024-01-01Z'::timestamptz"
        " + number * interval '1 hour' AS moment FROM tasks WHERE tenant_id = $1) AS t"
    ),
    "INSERT INTO task_schedules (tenant_id, task_id) SELECT $1, id FROM tasks WHERE tenant_id = $1",
    "UPDATE event_counters SET last_seq = 1000 WHERE tenant_id = $1",
    (
        "INSERT INTO milestones (tenant_id, id, project_id, name)"
        " SELECT $1, gen_random_uuid(), p.id, 'Milestone ' || n"
        " FROM projects p, generate_series(1, 10) n WHERE p.tenant_id = $1"
    ),
    (
        "UPDATE tasks t SET milestone_id = m.id FROM milestones m"
        " WHERE t.tenant_id = $1 AND m.tenant_id = $1 AND t.number % 25 = 1"
        " AND m.name = 'Milestone ' || (t.number / 25 % 10 + 1)"
    ),
)
# Where one workspace is alone in its partition, reading that whole is the best plan.
CROWDED = """
    SELECT (array_agg(DISTINCT tenant_id))[1] FROM tasks WHERE tenant_id = ANY ($1::uuid[])
    GROUP BY tableoid ORDER BY count(*) DESC LIMIT 1
"""
Sent = tuple[str, tuple[Any, ...]]


class Filled:
    """A person in one of many filled workspaces."""

    def __init__(self, owner: Person, project: dict[str, Any], task_id: UUID) -> None:
        self.owner = owner
        self.project = project
        self.task_id = task_id


@pytest.fixture(scope="module")
async def filled(app: Litestar, superuser_url: str) -> AsyncIterator[Filled]:
    connection = await asyncpg.connect(superuser_url)
    everybody: list[Filled] = []
    for _ in range(TENANTS):
        owner = await found_workspace(app)
        project = await owner.project("Web", key="WEB")
        ids = (owner.tenant_id, UUID(project["id"]))
        await connection.execute(FILL, *ids, owner.id, TASKS)
        for statement in FILL_MORE:
            await connection.execute(statement, owner.tenant_id)
        await connection.execute(
            "UPDATE project_counters SET last_number = $3 WHERE tenant_id = $1 AND project_id = $2",
            *ids,
            TASKS,
        )
        task_id = await connection.fetchval(
            "SELECT id FROM tasks WHERE tenant_id = $1 AND number = 250", owner.tenant_id
        )
        everybody.append(Filled(owner, project, task_id))
    await connection.execute("SET default_statistics_target = 1000; ANALYZE")
    crowded = await connection.fetchval(CROWDED, [each.owner.tenant_id for each in everybody])
    await connection.close()
    yield next(each for each in everybody if each.owner.tenant_id == crowded)
    for each in everybody:
        await each.owner.client.aclose()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Sent]]:
    """Every statement that goes through a connection, without BEGIN and COMMIT."""
    caught: list[Sent] = []
    for name in ("fetch", "fetchrow", "fetchval", "execute"):
        original: Any = getattr(Connection, name)

        async def spy(self: Any, query: str, *args: Any, _to: Any = original, **more: Any) -> Any:
            if not query.startswith(("BEGIN", "COMMIT", "ROLLBACK", "SET ")):
                caught.append((query, args))
            return await _to(self, query, *args, **more)

        monkeypatch.setattr(Connection, name, spy)
    yield caught
    monkeypatch.undo()


def literal(value: Any) -> str:
    """A value as SQL: EXPLAIN makes the plan that requests get of EXECUTE only, without bind."""
    if value is None:
        return "NULL"
    if isinstance(value, list):
        value = "{" + ",".join(map(str, value)) + "}"
    return "'" + str(value).replace("'", "''") + "'"


async def plans(settings: Settings, tenant_id: UUID, statements: list[Sent]) -> list[Any]:
    """What PostgreSQL does for each, as the service, with the one plan for all tenants."""
    # As on a disk without a head. Among the few workspaces of a test, one may have so much of its
    # partition that reading it whole is best; among thousands that is never so. What no index
    # serves is read whole all the same.
    options = {"jit": "off", "random_page_cost": "1.1", "enable_seqscan": "off"}
    connection = await asyncpg.connect(settings.database_url, server_settings=options)
    try:
        assert await connection.fetchval("SHOW plan_cache_mode") == "force_generic_plan"
        found: list[Any] = []
        for query, args in statements:
            await connection.execute(f"BEGIN; SET LOCAL app.tenant_id = '{tenant_id}'")
            await connection.execute(f"PREPARE hot AS {query}")
            values = ", ".join(map(literal, args))
            explained = await connection.fetchval(
                f"EXPLAIN (ANALYZE, COSTS, FORMAT JSON) EXECUTE hot ({values})"
            )
            await connection.execute("DEALLOCATE hot")
            await connection.execute("ROLLBACK")
            found.append(json.loads(explained)[0]["Plan"])
        return found
    finally:
        await connection.close()


def nodes(plan: Any) -> Iterator[Any]:
    """The parts of a plan that really ran."""
    if plan.get("Actual Loops", 1):
        yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


PARTITION = re.compile(
    r"(tasks|task_schedules|comments|comment_mentions|comment_reactions|checklist_items|events"
    r"|notifications|time_entries|task_field_values)_p\d+$"
)


def partitions(found: list[Any]) -> dict[str, set[str]]:
    """Which partitions of each table were touched."""
    touched: dict[str, set[str]] = {}
    for plan in found:
        for node in nodes(plan):
            if matched := PARTITION.match(node.get("Relation Name", "")):
                touched.setdefault(matched[1], set()).add(matched[0])
    return touched


def indexes(found: list[Any]) -> set[str]:
    """The indexes used, under the names of the whole table's."""
    names = {node["Index Name"] for plan in found for node in nodes(plan) if "Index Name" in node}
    return {re.sub(r"_p\d+(?=_)", "", name) for name in names}


def whole_reads(found: list[Any]) -> list[str]:
    return [
        node["Relation Name"]
        for plan in found
        for node in nodes(plan)
        if node["Node Type"] == "Seq Scan" and PARTITION.match(node["Relation Name"])
    ]


EQUALLY_GOOD = {"tasks_tenant_id_project_id_number_key": "tasks_tenant_id_project_id_position_idx"}
"""Among many small tenants the planner expects one row of a project, and so rates both the same."""

HOT: dict[str, tuple[str, str, Any, set[str]]] = {
    "read a task": ("GET", "/tasks/{task}", None, {"tasks_pkey"}),
    "read a task by its key": (
        "GET", "/tasks/by-key/WEB-250", None, {"tasks_tenant_id_project_id_number_key"},
    ),
    "list 50": (
        "GET", "/projects/{project}/tasks", None, {"tasks_tenant_id_project_id_position_idx"},
    ),
    "list a state": (
        "GET", "/projects/{project}/tasks?status=pending", None,
        {"tasks_tenant_id_project_id_status_position_idx"},
    ),
    "board": (
        "GET", "/projects/{project}/board", None,
        {"tasks_tenant_id_project_id_status_position_idx"},
    ),
    "create a task": ("POST", "/projects/{project}/tasks", {"title": "New"}, set()),
    "change a task": ("PATCH", "/tasks/{task}", {"title": "Changed"}, {"tasks_pkey"}),
    "move a task": (
        "POST", "/tasks/{task}/move", {"status": "in_review"},
        {"tasks_pkey", "tasks_tenant_id_project_id_position_idx"},
    ),
    "comments of a task": ("GET", "/tasks/{task}/comments", None, {"tasks_pkey"}),
    "checklist of a task": ("GET", "/tasks/{task}/checklist", None, {"tasks_pkey"}),
    "activity of a task": (
        "GET", "/tasks/{task}/activity", None, {"events_tenant_id_task_id_seq_idx"},
    ),
    "activity of a project": (
        "GET", "/projects/{project}/activity", None, {"events_tenant_id_project_id_seq_idx"},
    ),
    "watchers of a task": ("GET", "/tasks/{task}/watchers", None, {"tasks_pkey"}),
    "attachments of a task": ("GET", "/tasks/{task}/attachments", None, {"tasks_pkey"}),
    "milestones of a project": (
        "GET", "/projects/{project}/milestones", None, {"tasks_tenant_id_milestone_id_idx"},
    ),
    "tasks of a milestone, found": (
        "GET", "/tasks?query=milestone:%22Milestone+3%22", None,
        {"tasks_tenant_id_milestone_id_idx"},
    ),
    "numbers of a project": ("GET", "/projects/{project}/metrics", None, set()),
    "time of a task": (
        "GET", "/tasks/{task}/time-entries", None,
        {"time_entries_tenant_id_task_id_started_at_idx"},
    ),
    "time of a project": (
        "GET", "/projects/{project}/time-entries", None,
        {"time_entries_tenant_id_project_id_started_at_idx"},
    ),
    "my time": (
        "GET", "/me/time-entries", None, {"time_entries_tenant_id_user_id_started_at_idx"},
    ),
    "timesheet": (
        "GET", "/timesheet?week=2024-W02", None, {"time_entries_tenant_id_user_id_started_at_idx"},
    ),
    "trash": ("GET", "/trash", None, {"tasks_tenant_id_deleted_at_id_idx"}),
    "progress of tasks": (
        "GET", "/tasks/progress?id={task}", None, {"tasks_tenant_id_parent_id_idx"},
    ),
    "sub-tasks": (
        "GET", "/tasks/{task}/subtasks", None, {"tasks_tenant_id_parent_id_idx", "tasks_pkey"},
    ),
    "load of people by week": (
        "GET", "/utilisation", None,
        {"time_entries_tenant_id_user_id_started_at_idx"},
    ),
    "costs of a project": (
        "GET", "/projects/{project}/costs", None,
        {"time_entries_tenant_id_project_id_started_at_idx"},
    ),
    "audit log": ("GET", "/audit", None, {"events_tenant_id_seq_idx"}),
    "timeline": (
        "GET", "/projects/{project}/timeline", None,
        {"tasks_tenant_id_project_id_position_idx", "task_schedules_pkey"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOT)
async def test_a_hot_query_uses_its_index_and_touches_one_partition(
    filled: Filled, sent: list[Sent], settings: Settings, name: str
) -> None:
    method, path, body, intended = HOT[name]
    path = path.format(task=filled.task_id, project=filled.project["id"])
    answer = await filled.owner.client.request(method, path, json=body)
    assert answer.status_code in {200, 201}, answer.text
    if method == "POST" and path.endswith("/tasks"):  # explained again, it needs an id of its own
        sent[:] = [
            (query, tuple(filled.owner.id if a == UUID(answer.json()["id"]) else a for a in args))
            for query, args in sent
        ]

    found = await plans(settings, filled.owner.tenant_id, list(sent))

    assert "$1" in json.dumps(found), "the plan is not the one for all tenants"
    used = indexes(found)
    assert used >= intended or used >= {EQUALLY_GOOD.get(index, index) for index in intended}
    assert whole_reads(found) == []
    for table, touched in partitions(found).items():
        assert len(touched) == 1, f"{table}: {touched}"


STATEMENTS: dict[str, tuple[str, str, Any, int]] = {
    "read a task": ("GET", "/tasks/{task}", None, 1),
    "list 50": ("GET", "/projects/{project}/tasks", None, 1),
    "list with a total": ("GET", "/projects/{project}/tasks?include_total=true", None, 2),
    "board": ("GET", "/projects/{project}/board", None, 4),
    "create a task": ("POST", "/projects/{project}/tasks", {"title": "x"}, 1),
    "create with tags": ("POST", "/projects/{project}/tasks", {"title": "x", "tags": ["a"]}, 2),
    "change a task": ("PATCH", "/tasks/{task}", {"description": "x"}, 3),
    "change nothing": ("PATCH", "/tasks/{task}", {"priority": "medium"}, 1),
    "move a task": ("POST", "/tasks/{task}/move", {"status": "in_progress"}, 7),
    "comment": ("POST", "/tasks/{task}/comments", {"body": "x"}, 3),
    "progress of tasks": ("GET", "/tasks/progress?id={task}", None, 2),
    "comments with all that they have": ("GET", "/tasks/{task}/comments", None, 3),
    "watchers": ("GET", "/tasks/{task}/watchers", None, 2),
    "who am I": ("GET", "/me", None, 1),
    "projects": ("GET", "/projects", None, 1),
    "one project": ("GET", "/projects/{project}", None, 2),
    "milestones": ("GET", "/projects/{project}/milestones", None, 2),
    "numbers": ("GET", "/projects/{project}/metrics", None, 3),
    "favourites": ("GET", "/me/favourites", None, 1),
}  # fmt: skip


@pytest.mark.parametrize("name", STATEMENTS)
async def test_a_route_sends_no_more_statements_than_it_needs(
    filled: Filled, sent: list[Sent], name: str
) -> None:
    method, path, body, most = STATEMENTS[name]
    path = path.format(task=filled.task_id, project=filled.project["id"])

    answer = await filled.owner.client.request(method, path, json=body)

    assert answer.status_code in {200, 201}, answer.text
    assert len(sent) == most, "\n".join(query for query, _ in sent)
    assert all(filled.owner.tenant_id in args for _, args in sent), "a query without its tenant"

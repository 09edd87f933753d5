"""The plans of typical queries, among many workspaces and with 10,000 tasks in one project.

The SQL is what the route really sends; the plan is the one for all tenants.
"""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from asyncpg.connection import Connection
from litestar import Litestar
from tests.people import Person, found_workspace
from tests.tasks.test_plans import Sent, indexes, nodes, partitions, plans, whole_reads

from projectflow.core.settings import Settings

SMALL, TASKS, MANY, PROJECTS = 20, 200, 10_000, 30
"""Workspaces, tasks in each of their two projects; tasks and projects of the big one."""
FILL = """
    INSERT INTO tasks (tenant_id, id, project_id, number, title, status, priority, reporter_id,
                       assignee_id, position, tags, due_date, created_at)
    SELECT $1, gen_random_uuid(), $2, n, 'Task ' || n,
           CASE WHEN n % 50 = 0 THEN 'in_review' ELSE 'completed' END,
           (ARRAY['low', 'medium', 'high', 'urgent'])[n % 4 + 1], $3::uuid,
           CASE WHEN n % 100 = 0 THEN $3::uuid END, rank_of(n), ARRAY['t' || n % 10],
           CASE WHEN n % 2 = 0 THEN now() + n * interval '1 hour' END, now() - n * interval '1 hour'
    FROM generate_series(1, $4::int) n
"""

LEVELS = [{"name": "low"}, {"name": "high"}]
FILL_FIELD = """
    INSERT INTO task_field_values (tenant_id, task_id, field_id, number_value, option_id)
    SELECT $1, id, $2, CASE WHEN cardinality($3::uuid[]) = 0 THEN number % 100 END,
           ($3::uuid[])[1 + (number % 50 = 0)::int]
    FROM tasks WHERE tenant_id = $1 AND number % 2 = 0
"""


@pytest.fixture(scope="module")
async def big(app: Litestar, superuser_url: str) -> AsyncIterator[Person]:
    """The owner of the workspace with many tasks, in a partition that it shares."""
    connection = await asyncpg.connect(superuser_url)
    async with await found_workspace(app) as owner:
        everybody = [owner, *[await found_workspace(app) for _ in range(SMALL)]]
        for person in everybody:
            projects = [await person.project(key="WEB"), await person.project(key="API")]
            for project, count in zip(
                projects, (MANY if person is owner else TASKS, TASKS), strict=True
            ):
                ids = (person.tenant_id, UUID(project["id"]))
                await connection.execute(FILL, *ids, person.id, count)
        for n in range(PROJECTS):
            await owner.project(key=f"P{n}")
        for person in everybody:
            for name, kind in (("Points", "number"), ("Level", "select")):
                field = await person.post(
                    "/fields",
                    {"name": name, "kind": kind, "options": LEVELS if kind == "select" else []},
                )
                options = [UUID(option["id"]) for option in field.json()["options"]]
                await connection.execute(
                    FILL_FIELD, person.tenant_id, UUID(field.json()["id"]), options
                )
        await connection.execute("SET default_statistics_target = 1000; ANALYZE")
        await connection.close()
        yield owner
        for person in everybody[1:]:
            await person.client.aclose()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Sent]]:
    """Every statement that reads tasks."""
    caught: list[Sent] = []
    original: Any = Connection.fetch

    async def spy(self: Any, query: str, *args: Any, **more: Any) -> Any:
        caught.append((query, args))
        return await original(self, query, *args, **more)

    monkeypatch.setattr(Connection, "fetch", spy)
    yield caught
    monkeypatch.undo()


CREATED = "tasks_tenant_id_created_at_id_idx"
DUE = "tasks_tenant_id_due_date_idx"
DUE_ORDER = "tasks_tenant_id_coalesce_id_idx"
ASSIGNEE = "tasks_tenant_id_assignee_id_status_idx"
BOARD = "tasks_tenant_id_project_id_status_position_idx"
NUMBER = "tasks_tenant_id_project_id_number_key"

VALUE_NUMBER = "task_field_values_tenant_id_field_id_number_value_idx"
VALUE_OPTION = "task_field_values_tenant_id_field_id_option_id_idx"
POSITION = "tasks_tenant_id_project_id_position_idx"

TYPICAL: dict[str, tuple[str, set[str], int]] = {
    # query: any of these indexes, and at most so many rows of tasks read
    "": ("/tasks", {CREATED}, 60),
    "assignee:me": ("/tasks", {ASSIGNEE}, 250),
    "assignee:me status:started due<30d order:priority": ("/tasks", {ASSIGNEE}, 250),
    "status:started": ("/tasks", {BOARD, CREATED, POSITION}, 3000),
    "due<7d": ("/tasks", {DUE, CREATED}, 250),
    "due:this-week": ("/tasks", {DUE}, 350),
    "due:this-week status:open": ("/tasks", {DUE}, 350),
    "project:API": ("/tasks", {NUMBER, BOARD, POSITION, CREATED}, 450),
    "due<7d order:due": ("/tasks", {DUE, DUE_ORDER}, 250),
    "order:due": ("/tasks", {DUE_ORDER}, 60),
    "field.Points:42": ("/tasks", {VALUE_NUMBER}, 110),
    "field.Level:high": ("/tasks", {"task_field_values_pkey", VALUE_OPTION}, 3000),
    "field.Points:42 assignee:me": ("/tasks", {ASSIGNEE}, 250),
    "key:WEB-42": ("/tasks", {NUMBER}, 10),
    "assignee:me due>today": ("/tasks/counts?group=status,priority", {ASSIGNEE}, 250),
}


@pytest.mark.parametrize("query", TYPICAL)
async def test_a_typical_query_uses_an_index_and_reads_one_partition(
    big: Person, sent: list[Sent], settings: Settings, query: str
) -> None:
    path, intended, most = TYPICAL[query]
    path, _, group = path.partition("?group=")
    answer = await big.get(path, query=query, **({"group": group} if group else {}))
    assert answer.status_code == 200, answer.text

    (found,) = await plans(settings, big.tenant_id, sent[-1:])

    assert "$1" in json.dumps(found), "the plan is not the one for all tenants"
    assert indexes([found]) & intended
    assert whole_reads([found]) == []
    touched = {table: len(parts) for table, parts in partitions([found]).items()}
    assert touched == {"tasks": 1, **({"task_field_values": 1} if "field." in query else {})}
    shape = [(n["Node Type"], n.get("Relation Name"), n["Actual Rows"]) for n in nodes(found)]
    assert rows_read(found) <= most, shape


async def test_a_page_far_down_reads_no_more_than_the_first(
    big: Person, sent: list[Sent], settings: Settings
) -> None:
    cursor: str | None = None
    for _ in range(20):
        more = {"cursor": cursor} if cursor else {}
        cursor = (await big.get("/tasks", limit=200, **more)).json()["next_cursor"]

    far = await plans(settings, big.tenant_id, sent[-1:])

    assert rows_read(far[0]) <= 250
    assert indexes(far) >= {CREATED}


def rows_read(plan: Any) -> float:
    """The rows of tasks that were looked at, those that a filter dropped too."""
    return sum(
        (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        for node in nodes(plan)
        if node.get("Relation Name", "").startswith("tasks_p")
    )

"""The plans of the inbox and of its count: by their indexes, however much there is."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from litestar import Litestar
from tests.people import Person, found_workspace
from tests.tasks import test_plans
from tests.tasks.test_plans import Sent, indexes, nodes, partitions, plans, whole_reads

from projectflow.core.settings import Settings

sent = test_plans.sent
TENANTS = 12
FILL = """
    INSERT INTO notifications (tenant_id, id, user_id, kind, kinds, project_id, task_id, last_seq,
                               in_app, shown_at, read_at, snoozed_until)
    SELECT $1, gen_random_uuid(), $2, 'assigned', '{assigned}', $3, $4, n, true,
           now() - n * interval '1 minute'
               + CASE WHEN n % 100 = 0 THEN interval '1 year' ELSE interval '0' END,
           CASE WHEN n % 2 = 0 AND n % 100 <> 0 THEN now() END, NULL
    FROM generate_series(1, 600) n
"""


@pytest.fixture(scope="module")
async def reader(app: Litestar, superuser_url: str) -> Person:
    """One of the people of many filled workspaces, and the one whose partition is fullest."""
    connection = await asyncpg.connect(superuser_url)
    people: dict[UUID, Person] = {}
    for _ in range(TENANTS):
        owner = await found_workspace(app)
        other = await owner.colleague("member")
        project = await owner.project("Web", key="WEB")
        task = await owner.task(project, "Task")
        for person in (owner, other):
            ids = (UUID(project["id"]), UUID(task["id"]))
            await connection.execute(FILL, owner.tenant_id, person.id, *ids)
        people[owner.tenant_id] = owner
    await connection.execute("ANALYZE")
    crowded = await connection.fetchval(
        """
        SELECT (array_agg(DISTINCT tenant_id))[1] FROM notifications
        WHERE tenant_id = ANY ($1::uuid[]) GROUP BY tableoid ORDER BY count(*) DESC LIMIT 1
        """,
        list(people),
    )
    await connection.close()
    return people[crowded]


def rows_read(found: list[Any]) -> Iterator[int]:
    """How many rows each part gave of the notifications that it read."""
    for plan in found:
        for node in nodes(plan):
            if str(node.get("Relation Name", "")).startswith("notifications"):
                removed = node.get("Rows Removed by Filter", 0)
                yield int((node["Actual Rows"] + removed) * node["Actual Loops"])


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ({}, "notifications_tenant_id_user_id_shown_at_id_idx"),
        ({"unread": "true"}, "notifications_tenant_id_user_id_shown_at_id_idx1"),
        ({"snoozed": "true"}, "notifications_tenant_id_user_id_shown_at_id_idx"),
    ],
)
async def test_a_page_of_the_inbox_reads_a_page(
    reader: Person, sent: list[Sent], settings: Settings, query: dict[str, str], index: str
) -> None:
    answer = await reader.get("/notifications", limit=20, **query)
    assert len(answer.json()["items"]) == (6 if "snoozed" in query else 20)
    (statement,) = [each for each in sent if "FROM notifications n" in each[0]]

    found = await plans(settings, reader.tenant_id, [statement])

    assert len(partitions(found)["notifications"]) == 1
    assert index in indexes(found), indexes(found)
    assert "notifications" not in {name.partition("_p")[0] for name in whole_reads(found)}
    assert max(rows_read(found)) <= 30


async def test_the_count_reads_a_row_a_project_and_what_is_snoozed(
    reader: Person, sent: list[Sent], settings: Settings
) -> None:
    answer = await reader.get("/notifications/unread-count")
    assert answer.json()["unread"] == 300
    (statement,) = [each for each in sent if "FROM unread_counts" in each[0]]

    found = await plans(settings, reader.tenant_id, [statement])

    assert len(partitions(found)["notifications"]) == 1
    assert sum(rows_read(found)) <= 20

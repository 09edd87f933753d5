"""What boards and lists of projects count is kept by a trigger: it must be what there is."""

import asyncio
import random
from typing import Any
from uuid import UUID

import asyncpg
from tests.people import Person

COUNTED = """
    SELECT status, count(*) FILTER (WHERE archived_at IS NULL) AS tasks,
           count(*) FILTER (WHERE archived_at IS NOT NULL) AS archived
    FROM tasks WHERE tenant_id = $1 AND project_id = $2 AND deleted_at IS NULL GROUP BY status
"""
KEPT = """
    SELECT status, sum(tasks)::bigint AS tasks, sum(archived)::bigint AS archived
    FROM task_tallies WHERE tenant_id = $1 AND project_id = $2 GROUP BY status
    HAVING sum(tasks) <> 0 OR sum(archived) <> 0
"""


async def rows(owner: Person, query: Any, project: dict[str, Any]) -> set[tuple[Any, ...]]:
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        found = await db.fetch(query, owner.tenant_id, UUID(project["id"]))
    return {tuple(row) for row in found}


async def test_whatever_many_people_do_at_once_the_tallies_are_what_a_count_gives(
    owner: Person,
) -> None:
    project = await owner.project("Web", key="WEB")
    chance = random.Random(7)
    made = [await owner.task(project, f"Task {n}") for n in range(12)]
    states = ["pending", "in_progress", "completed"]

    async def meddle(seed: int) -> None:
        mine = random.Random(seed)
        for _ in range(12):
            task = mine.choice(made)["id"]
            match mine.randrange(6):
                case 0:
                    await owner.task(project, "Another")
                case 1:
                    await owner.post(f"/tasks/{task}/move", {"status": mine.choice(states)})
                case 2:
                    await owner.patch(f"/tasks/{task}", {"archived": mine.random() < 0.5})
                case 3:
                    await owner.delete(f"/tasks/{task}")
                case 4:
                    await owner.post(f"/tasks/{task}/restore", {})
                case _:
                    await sum_up(owner, project)

    await asyncio.gather(*(meddle(chance.randrange(1000)) for _ in range(6)))

    counted = await rows(owner, COUNTED, project)
    assert await rows(owner, KEPT, project) == counted
    board = (await owner.get(f"/projects/{project['id']}/board")).json()
    assert {c["state"]["key"]: c["count"] for c in board["columns"] if c["count"]} == {
        status: tasks for status, tasks, _ in counted if tasks
    }
    listed = await owner.get(f"/projects/{project['id']}/tasks", include_total="true")
    assert listed.json()["total"] == sum(tasks for _, tasks, _ in counted)
    await sum_up(owner, project)
    assert await rows(owner, KEPT, project) == counted


async def sum_up(owner: Person, project: dict[str, Any]) -> None:
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        await db.execute("SELECT sum_up_task_tallies($1, $2)", owner.tenant_id, UUID(project["id"]))


async def test_a_change_that_is_rolled_back_is_not_counted(owner: Person) -> None:
    project = await owner.project("Web", key="WEB")
    await owner.task(project, "Stays")
    before = await rows(owner, KEPT, project)

    answer = await owner.post(
        f"/projects/{project['id']}/tasks", {"title": "x", "status": "no_such"}
    )

    assert answer.status_code == 422
    assert await rows(owner, KEPT, project) == before


async def test_many_tasks_written_at_once_are_one_step(owner: Person, superuser_url: str) -> None:
    project = await owner.project("Web", key="WEB")
    connection = await asyncpg.connect(superuser_url)
    await connection.execute(
        """
        INSERT INTO tasks (tenant_id, project_id, number, title, reporter_id, position)
        SELECT $1, $2, n, 'Task ' || n, $3, rank_of(n) FROM generate_series(1, 500) n
        """,
        owner.tenant_id,
        UUID(project["id"]),
        owner.id,
    )
    await connection.close()

    assert await rows(owner, KEPT, project) == {("pending", 500, 0)}

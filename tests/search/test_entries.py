"""PostgreSQL's index from within: its plans, its walls, and what a row of it holds."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from litestar import Litestar
from tests.people import Person, found_workspace

from projectflow.core.db import Database
from projectflow.core.settings import Settings

SMALL, TASKS, MANY = 40, 100, 3_000
"""Workspaces and tasks in each; tasks of the big one."""
FILL = """
    INSERT INTO tasks (tenant_id, id, project_id, number, title, description, status, reporter_id,
                       position)
    SELECT $1, gen_random_uuid(), $2, n, 'Common ' || md5(n::text), 'word' || n % 50, 'pending',
           $3::uuid, rank_of(n)
    FROM generate_series(1, $4::int) n
"""
FIND = """
    SELECT * FROM find_entries($1, '{task,project,comment,attachment}', $2, $2, false, 20,
                               NULL, NULL, NULL, NULL)
"""


@pytest.fixture(scope="module")
async def crowd(app: Litestar, superuser_url: str) -> AsyncIterator[list[Person]]:
    """Many workspaces with the same words, the first of them big."""
    connection = await asyncpg.connect(superuser_url)
    people = [await found_workspace(app) for _ in range(SMALL + 1)]
    for person in people:
        project = await person.project("Web", key="WEB")
        count = MANY if person is people[0] else TASKS
        ids = (person.tenant_id, UUID(project["id"]))
        await connection.execute(FILL, *ids, person.id, count)
    await connection.execute("VACUUM ANALYZE search_entries")
    await connection.close()
    yield people
    for person in people:
        await person.client.aclose()


async def plan_of(superuser_url: str, person: Person, text: str) -> Any:
    """What PostgreSQL did inside of `find_entries`, which runs as the owner of the tables."""
    connection = await asyncpg.connect(superuser_url, server_settings={"jit": "off"})
    told: list[str] = []
    connection.add_log_listener(lambda _, message: told.append(str(message)))
    try:
        projects = await connection.fetchval(
            "SELECT array_agg(id) FROM projects WHERE tenant_id = $1", person.tenant_id
        )
        await connection.execute(
            "LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0;"
            " SET auto_explain.log_nested_statements = on; SET auto_explain.log_format = json;"
            " SET auto_explain.log_analyze = on; SET auto_explain.log_buffers = on;"
            " SET client_min_messages = log"
        )
        async with connection.transaction():
            await connection.execute(f"SET LOCAL app.tenant_id = '{person.tenant_id}'")
            await connection.fetch(FIND, text, projects)
    finally:
        await connection.close()
    explained = [json.loads(each.partition("plan:")[2]) for each in told if "plan:" in each]
    return next(e["Plan"] for e in explained if "WITH in_title" in e["Query Text"])


def nodes(plan: Any) -> Iterator[Any]:
    if plan.get("Actual Loops", 1):
        yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("word7", "lexemes|created_at"),
        ("comm", "lexemes|created_at"),
        ("common wor", "lexemes|created_at"),
        ("zzzz", "lexemes|created_at"),
        ("comon xyz", "title|created_at"),
    ],
)
@pytest.mark.parametrize("who", [0, 1])
async def test_a_search_walks_through_indexes_of_one_partition(
    crowd: list[Person], superuser_url: str, text: str, index: str, who: int
) -> None:
    plan = await plan_of(superuser_url, crowd[who], text)

    assert not [n for n in nodes(plan) if n["Node Type"] == "Seq Scan"]
    tables = {n["Relation Name"] for n in nodes(plan) if "Relation Name" in n}
    assert len(tables) == 1
    names = {n["Index Name"] for n in nodes(plan) if "Index Name" in n}
    assert any(re.search(index, name) for name in names), names


async def test_what_others_wrote_is_not_walked_through(
    crowd: list[Person], superuser_url: str
) -> None:
    """The same words stand in all workspaces; a beginning of one leads to one's own alone."""
    plan = await plan_of(superuser_url, crowd[1], "comm")
    looked_at = [
        (n["Actual Rows"] + n.get("Rows Removed by Filter", 0)) * n["Actual Loops"]
        for n in nodes(plan)
        if "Relation Name" in n
    ]
    assert max(looked_at) <= TASKS + 1

    connection = await asyncpg.connect(superuser_url)
    await connection.execute("SET enable_seqscan = off")
    explained = json.loads(
        await connection.fetchval(
            "EXPLAIN (ANALYZE, BUFFERS, FORMAT json) SELECT id FROM search_entries"
            f" WHERE lexemes @@ search_query('{crowd[1].tenant_id}', 'comm', 'w')"
        )
    )[0]["Plan"]
    await connection.close()
    scans = [n for n in nodes(explained) if n["Node Type"] == "Bitmap Index Scan"]
    assert len(scans) == 8
    assert sum(n["Actual Rows"] for n in scans) == TASKS
    assert all(n["Shared Hit Blocks"] + n["Shared Read Blocks"] < 10 for n in scans)


async def test_no_tenant_finds_nothing(
    crowd: list[Person], settings: Settings, superuser_url: str
) -> None:
    superuser = await asyncpg.connect(superuser_url)
    everywhere = await superuser.fetchval("SELECT array_agg(id) FROM projects")
    await superuser.close()
    service = await asyncpg.connect(settings.database_url)
    try:
        assert await service.fetch(FIND, "common", everywhere) == []
        async with service.transaction():
            await service.execute(f"SET LOCAL app.tenant_id = '{crowd[1].tenant_id}'")
            found = await service.fetch(FIND, "common", everywhere)
            ours = await service.fetch("SELECT id FROM tasks")
        assert found
        assert {row["id"] for row in found} <= {row["id"] for row in ours}
        async with service.transaction():
            await service.execute(
                f"SET LOCAL app.tenant_id = '{crowd[1].tenant_id}';"
                f" SET LOCAL app.project_ids = '{UUID(int=0)}'"
            )
            assert await service.fetch(FIND, "common", everywhere) == []
    finally:
        await service.close()


@pytest.mark.parametrize(
    "body",
    [
        "x" * 50_000,
        " ".join(f"{n:x}q" for n in range(9_000)),
        " ".join(chr(0x4E00 + n) for n in range(20_000)),
        "é" * 25_000,
        "\n".join(f"https://example.org/{n}?q=<a href='{n}'>" for n in range(900)),
    ],
    ids=["one word", "many words", "many letters", "not ascii", "links"],
)
async def test_any_text_can_be_written(owner: Person, body: str) -> None:
    project = await owner.project("Web", key="WEB")
    task = await owner.task(project, "T" * 255, description=body)

    answer = await owner.post(f"/tasks/{task['id']}/comments", {"body": body})

    assert answer.status_code == 201


async def test_a_task_that_moves_takes_its_comments_along(
    owner: Person, database: Database
) -> None:
    one, other = await owner.project("One"), await owner.project("Other")
    task = await owner.task(one, "Mercury")
    await owner.post(f"/tasks/{task['id']}/comments", {"body": "mercury"})
    async with database.tenant(owner.tenant_id) as db:
        await db.execute(
            "UPDATE tasks SET project_id = $3 WHERE tenant_id = $1 AND id = $2",
            owner.tenant_id,
            UUID(task["id"]),
            UUID(other["id"]),
        )

    assert (await owner.get("/search", q="mercury", project_id=one["id"])).json()["items"] == []
    found = (await owner.get("/search", q="mercury", project_id=other["id"])).json()["items"]
    assert [item["kind"] for item in found] == ["task", "comment"]


async def test_moving_a_card_writes_no_entry(owner: Person, superuser_url: str) -> None:
    project = await owner.project("Web", key="WEB")
    task = await owner.task(project, "Card")
    connection = await asyncpg.connect(superuser_url)
    version = "SELECT xmin::text FROM search_entries WHERE id = $1"
    before = await connection.fetchval(version, UUID(task["id"]))

    await owner.post(f"/tasks/{task['id']}/move", {"status": "in_progress"})
    await owner.patch(f"/tasks/{task['id']}", {"priority": "high"})

    assert await connection.fetchval(version, UUID(task["id"])) == before
    await connection.close()


async def test_entries_made_by_triggers_are_those_of_a_rebuild(
    owner: Person, database: Database
) -> None:
    project = await owner.project("Web", key="WEB", description="Words of <b>it</b>")
    task = await owner.task(project, "Old", description="Text")
    comment = (await owner.post(f"/tasks/{task['id']}/comments", {"body": "First"})).json()
    gone = (await owner.post(f"/tasks/{task['id']}/comments", {"body": "Gone"})).json()
    await owner.patch(f"/tasks/{task['id']}", {"title": "New"})
    await owner.patch(f"/comments/{comment['id']}", {"body": "Second"})
    await owner.delete(f"/comments/{gone['id']}")
    trashed = await owner.task(project, "Trashed")
    await owner.delete(f"/tasks/{trashed['id']}")
    await owner.patch(f"/projects/{project['id']}", {"name": "Named anew"})
    digest = """
        SELECT string_agg(e::text, '|' ORDER BY e.kind, e.id) FROM search_entries e
        WHERE e.tenant_id = $1
    """
    async with database.tenant(owner.tenant_id) as db:
        kept = await db.fetchval(digest, owner.tenant_id)
        await db.execute("SELECT rebuild_entries($1)", owner.tenant_id)
        made = await db.fetchval(digest, owner.tenant_id)

    assert kept == made
    assert kept.count("|") == 3

"""Projects that have been in the trash for long go for good, with all that hangs on them."""

from uuid import UUID

import asyncpg
import pytest
from tests.people import Person
from tests.projects.test_template_parts import furnished
from tests.tasks.uploading import jobs, used

from projectflow.core.db import Database
from projectflow.core.files import DELETE_JOB
from projectflow.tasks import project_purge
from projectflow.tasks.project_purge import empty_project_trash

KEPT = {"events", "idempotency_keys"}
"""Tables that remember a project which is gone: the log, and what was answered."""


async def age(superuser_url: str, *project_ids: str) -> None:
    connection = await asyncpg.connect(superuser_url)
    await connection.execute(
        "UPDATE projects SET deleted_at = now() - interval '31 days' WHERE id = ANY ($1::uuid[])",
        list(project_ids),
    )
    await connection.close()


async def left_of(superuser_url: str, tenant_id: UUID, project_id: str) -> set[str]:
    """The tables that still name the project, of all that can."""
    connection = await asyncpg.connect(superuser_url)
    tables = await connection.fetch(
        """
        SELECT c.table_name AS name FROM information_schema.columns c
        JOIN pg_class k ON k.relname = c.table_name AND k.relnamespace = 'public'::regnamespace
        WHERE c.table_schema = 'public' AND c.column_name = 'project_id' AND NOT k.relispartition
          AND k.relkind IN ('r', 'p')
        """
    )
    found: set[str] = set()
    for row in tables:
        count = await connection.fetchval(
            f'SELECT count(*) FROM "{row["name"]}" WHERE tenant_id = $1 AND project_id = $2',
            tenant_id,
            UUID(project_id),
        )
        if count:
            found.add(row["name"])
    await connection.close()
    return found


async def test_what_is_old_goes_whole_and_what_is_young_stays(
    owner: Person, stranger: Person, database: Database, superuser_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(project_purge, "BATCH", 2)
    old, young = await furnished(owner), await owner.project("Young")
    theirs = await stranger.project("Theirs")
    kept = await owner.project("Kept")
    waiting = await owner.task(kept, "Waiting")
    first = (await owner.get(f"/projects/{old['id']}/tasks")).json()["items"][0]
    await owner.post(f"/tasks/{waiting['id']}/dependencies", {"depends_on_task_id": first["id"]})
    for who, project in ((owner, old), (owner, young), (stranger, theirs)):
        assert (await who.delete(f"/projects/{project['id']}")).status_code == 204
    await age(superuser_url, old["id"], theirs["id"])
    assert len(await left_of(superuser_url, owner.tenant_id, old["id"])) > 8, "much names it"
    files = len(await jobs(DELETE_JOB, owner))

    assert await empty_project_trash(database, 30) >= 2

    assert await left_of(superuser_url, owner.tenant_id, old["id"]) <= KEPT
    assert await used(owner) == 0
    assert len(await jobs(DELETE_JOB, owner)) - files >= 2
    trash = (await owner.get("/projects/trash")).json()["items"]
    assert [each["name"] for each in trash] == ["Young"]
    assert (await owner.post(f"/projects/{old['id']}/restore")).status_code == 404
    waits = (await owner.get(f"/tasks/{waiting['id']}/dependencies")).json()
    assert waits["blocked_by"] == []
    async with database.tenant(owner.tenant_id, read_only=True) as db:
        types = await db.fetch(
            "SELECT type, count(*) AS n FROM events WHERE tenant_id = $1 AND project_id = $2"
            " AND type LIKE '%.purged' GROUP BY type ORDER BY type",
            owner.tenant_id,
            UUID(old["id"]),
        )
    assert [tuple(row) for row in types] == [("project.purged", 1), ("task.purged", 3)]
    assert await empty_project_trash(database, 30) == 0


async def test_one_that_is_on_its_way_out_does_not_come_back(
    owner: Person, database: Database, superuser_url: str
) -> None:
    project = await owner.project()
    await owner.task(project, "Task")
    await owner.delete(f"/projects/{project['id']}")
    await age(superuser_url, project["id"])
    # As where the worker died after its first step.
    begun = await project_purge._next(database, owner.tenant_id, 30)  # pyright: ignore[reportPrivateUsage]
    assert str(begun) == project["id"]

    assert (await owner.post(f"/projects/{project['id']}/restore")).status_code == 404
    assert (await owner.get("/projects/trash")).json()["items"] == []

    assert await empty_project_trash(database, 30) >= 1
    assert await left_of(superuser_url, owner.tenant_id, project["id"]) <= KEPT

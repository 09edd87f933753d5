"""The event log: every change once, numbered 1, 2, 3 … without gaps, in its own transaction."""

import asyncio
import json
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from tests.people import Person
from uuid_utils.compat import uuid7

from projectflow.core.db import Database
from projectflow.core.events import Change, record, record_all


class Broken(Exception):
    pass


async def log_of(database: Database, tenant_id: UUID) -> list[dict[str, Any]]:
    async with database.tenant(tenant_id) as db:
        rows = await db.fetch(
            "SELECT seq, type, entity_id, payload FROM events WHERE tenant_id = $1 ORDER BY seq",
            tenant_id,
        )
    return [dict(row) for row in rows]


def thing(n: int) -> Change:
    return Change("thing.happened", "thing", UUID(int=n), payload={"n": n})


async def test_fifty_writers_of_whom_some_give_up_leave_no_gap(
    database: Database, owner: Person
) -> None:
    tenant = owner.tenant_id

    async def write(n: int) -> int | None:
        async with database.tenant(tenant) as db:
            seq = await record(db, tenant, owner.id, thing(n))
            if n % 3 == 0:
                await asyncio.sleep(0)
                raise Broken
            return seq

    results = await asyncio.gather(*(write(n) for n in range(50)), return_exceptions=True)

    kept = sorted(r for r in results if isinstance(r, int))
    log = await log_of(database, tenant)
    assert kept == list(range(1, 34))
    assert [event["seq"] for event in log] == kept
    assert sorted(e["entity_id"].int for e in log) == [n for n in range(50) if n % 3]


async def test_requests_at_once_write_one_event_each_without_a_gap(
    owner: Person, database: Database
) -> None:
    project = await owner.project()
    task = await owner.task(project, "Task")

    async def change(n: int) -> int:
        kind = n % 5
        if kind == 0:
            answer = await owner.post(f"/projects/{project['id']}/tasks", {"title": f"{n}"})
        elif kind == 1:
            answer = await owner.patch(f"/tasks/{task['id']}", {"title": f"{n}"})
        elif kind == 2:
            answer = await owner.post(f"/tasks/{task['id']}/comments", {"body": f"{n}"})
        elif kind == 3:
            answer = await owner.patch(f"/tasks/{task['id']}", {"status": "nowhere"})
        else:
            answer = await owner.post(f"/tasks/{task['id']}/comments", {"body": " "})
        return answer.status_code

    statuses = await asyncio.gather(*(change(n) for n in range(50)))

    log = await log_of(database, owner.tenant_id)
    assert [statuses.count(s) for s in (200, 201, 422)] == [10, 20, 20]
    assert [e["seq"] for e in log] == list(range(1, 2 + 30 + 1))


async def test_each_workspace_counts_for_itself(owner: Person, stranger: Person) -> None:
    database: Database = owner.app.state.database
    for person in (owner, stranger):
        async with database.tenant(person.tenant_id) as db:
            assert await record(db, person.tenant_id, None, thing(1)) == 1


async def test_many_events_are_written_in_their_order(database: Database, owner: Person) -> None:
    changes = [thing(n) for n in range(1, 101)]
    async with database.tenant(owner.tenant_id) as db:
        await record(db, owner.tenant_id, owner.id, thing(0))
        await record_all(db, owner.tenant_id, owner.id, changes)
        await record_all(db, owner.tenant_id, owner.id, [])
        last = await record(db, owner.tenant_id, owner.id, thing(101))

    log = await log_of(database, owner.tenant_id)
    assert last == 102
    assert [e["entity_id"].int for e in log] == list(range(102))
    assert json.loads(log[50]["payload"]) == {"n": 50}


async def test_an_event_needs_a_workspace(database: Database) -> None:
    nowhere = uuid7()
    with pytest.raises(asyncpg.PostgresError):
        async with database.tenant(nowhere) as db:
            await record(db, nowhere, None, thing(1))


async def test_the_log_cannot_be_rewritten(database: Database, owner: Person) -> None:
    await owner.project()
    for statement in ("UPDATE events SET type = 'x'", "DELETE FROM events"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.tenant(owner.tenant_id) as db:
                await db.execute(statement)  # pyright: ignore[reportArgumentType]


async def test_every_kind_of_change_writes_exactly_one_event(
    owner: Person, database: Database
) -> None:
    project = await owner.project()
    task = await owner.task(project, "Task")
    path = f"/tasks/{task['id']}"
    comment = (await owner.post(f"{path}/comments", {"body": "x"})).json()["id"]
    item = (await owner.post(f"{path}/checklist", {"title": "x"})).json()["id"]
    steps = [
        (owner.patch(path, {"title": "y", "tags": ["a", "b"]}), "task.updated"),
        (owner.post(f"{path}/move", {"status": "completed"}), "task.moved"),
        (owner.patch(f"/comments/{comment}", {"body": "y"}), "comment.edited"),
        (owner.delete(f"/comments/{comment}"), "comment.deleted"),
        (owner.patch(f"/checklist-items/{item}", {"is_done": True}), "checklist_item.updated"),
        (owner.delete(f"/checklist-items/{item}"), "checklist_item.deleted"),
        (owner.client.put("/tags/a", json={"color": "#aabbcc"}), "tag.colored"),
        (owner.delete(path), "task.deleted"),
        (owner.post(f"{path}/restore"), "task.restored"),
        (owner.patch(f"/projects/{project['id']}", {"name": "New"}), "project.updated"),
        (owner.delete(f"/projects/{project['id']}"), "project.deleted"),
    ]
    for request, _ in steps:
        assert (await request).is_success

    types = [e["type"] for e in await log_of(database, owner.tenant_id)]
    first = ["project.created", "task.created", "comment.created", "checklist_item.created"]
    assert types == first + [expected for _, expected in steps]

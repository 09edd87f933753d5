"""One change to many tasks: all or none, in few statements, as one change."""

import asyncio
import time
from typing import Any

import httpx
import pytest
from tests.people import Person
from uuid_utils.compat import uuid7

TaskJson = dict[str, Any]


async def change(who: Person, tasks: list[TaskJson], **fields: Any) -> httpx.Response:
    named = [{"id": task["id"]} for task in tasks]
    return await who.post("/tasks/bulk", {"tasks": named, "change": fields})


async def read(who: Person, task: TaskJson) -> TaskJson:
    return (await who.get(f"/tasks/{task['id']}")).json()


async def events(who: Person, task: TaskJson) -> list[dict[str, Any]]:
    return (await who.get(f"/tasks/{task['id']}/activity")).json()["items"]


@pytest.fixture
async def three(owner: Person) -> list[TaskJson]:
    project = await owner.project()
    return [await owner.task(project, title, tags=["old"]) for title in "abc"]


async def test_all_fields_of_all_tasks_change_as_one(owner: Person, three: list[TaskJson]) -> None:
    parent = await owner.task({"id": three[0]["project_id"]}, "Parent")
    fields = {
        "status": "completed", "priority": "urgent", "assignee_id": str(owner.id),
        "start_date": "2026-01-05", "due_date": "2026-02-01T12:00:00Z", "estimated_hours": "2.50",
        "parent_id": parent["id"],
    }  # fmt: skip

    answer = await change(
        owner, three, **fields, archived=True, add_tags=["new", "old"], remove_tags=["gone"]
    )

    assert answer.status_code == 200, answer.text
    assert answer.json()["tasks"] == [{"id": t["id"], "version": 2} for t in three]
    batches: set[str] = set()
    for task in three:
        now = await read(owner, task)
        assert {f: now[f] for f in fields} == fields
        assert now["tags"] == ["old", "new"]
        assert now["completed_at"]
        assert now["archived_at"]
        event = (await events(owner, task))[0]
        assert event["type"] == "task.updated"
        assert event["payload"]["before"]["status"] == "pending"
        assert event["payload"]["after"]["tags"] == ["old", "new"]
        batches.add(event["payload"]["batch"])
    assert len(batches) == 1


async def test_what_is_so_already_is_not_written(owner: Person, three: list[TaskJson]) -> None:
    await owner.patch(f"/tasks/{three[1]['id']}", {"priority": "high"})

    answer = await change(owner, three, priority="high")

    assert [t["id"] for t in answer.json()["tasks"]] == [three[0]["id"], three[2]["id"]]
    assert (await read(owner, three[1]))["version"] == 2
    assert (await change(owner, three, priority="high")).json() == {"tasks": []}


async def test_one_that_fails_fails_all_and_each_failure_is_named(
    owner: Person, stranger: Person, three: list[TaskJson]
) -> None:
    theirs = await stranger.task(await stranger.project(), "Theirs")
    member = await owner.colleague("member")
    await owner.join({"id": three[0]["project_id"]}, member)
    await owner.patch(f"/tasks/{three[0]['id']}", {"assignee_id": str(member.id)})
    nobody = {"id": str(uuid7())}
    asked = [
        {"id": three[0]["id"], "version": 1}, {"id": three[1]["id"]}, {"id": theirs["id"]},
        nobody, {"id": three[0]["id"]},
    ]  # fmt: skip

    answer = await member.post("/tasks/bulk", {"tasks": asked, "change": {"priority": "low"}})

    assert answer.status_code == 422
    problem = answer.json()
    assert problem["type"] == "/problems/bulk-refused"
    assert [(f["index"], f["id"], f["reason"]) for f in problem["failures"]] == [
        (0, three[0]["id"], "version_conflict"), (1, three[1]["id"], "forbidden"),
        (2, theirs["id"], "not_found"), (3, nobody["id"], "not_found"),
        (4, three[0]["id"], "invalid"),
    ]  # fmt: skip
    assert (await read(owner, three[0]))["priority"] == "medium"


async def test_what_no_task_can_be_is_refused(owner: Person, three: list[TaskJson]) -> None:
    elsewhere = await owner.task(await owner.project("Other"), "Elsewhere")
    for fields, field in (
        ({}, "change"),
        ({"deleted": True, "priority": "low"}, "deleted"),
        ({"project_id": elsewhere["project_id"], "status": "pending"}, "project_id"),
        ({"project_id": str(uuid7())}, "project_id"),
        ({"assignee_id": str(uuid7())}, "assignee_id"),
        ({"estimated_hours": "NaN"}, "estimated_hours"),
        ({"estimated_hours": "1000"}, "estimated_hours"),
        ({"due_date": "0001-01-01T00:00:00+14:00"}, "due_date"),
    ):
        answer = await change(owner, three, **fields)
        assert answer.status_code == 422, fields
        assert answer.json()["errors"][0]["field"] == field
    for fields in (
        {"status": "nonsense"},
        {"parent_id": elsewhere["id"]},
        {"parent_id": three[0]["id"]},
        {"parent_id": str(uuid7())},
        {"add_tags": [f"t{n}" for n in range(20)]},
    ):
        answer = await change(owner, three, **fields)
        assert answer.status_code == 422, fields
        assert answer.json()["failures"], fields
    assert (await change(owner, three, add_tags=["a\x00b"])).status_code == 422
    assert (await change(owner, [], priority="low")).status_code == 422
    assert (await read(owner, three[0]))["version"] == 1


async def test_a_parent_that_waits_for_one_of_the_tasks_is_refused(
    owner: Person, three: list[TaskJson]
) -> None:
    a, b, c = three
    await owner.post(f"/tasks/{c['id']}/dependencies", {"depends_on_task_id": a["id"]})

    answer = await change(owner, [a, b], parent_id=c["id"])

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "parent_id"
    assert (await read(owner, b))["parent_id"] is None


async def test_tasks_go_to_the_trash_and_come_back_together(
    owner: Person, three: list[TaskJson]
) -> None:
    child = await owner.task({"id": three[0]["project_id"]}, "d", parent_id=three[0]["id"])

    deleted = await change(owner, three, deleted=True)

    assert len(deleted.json()["tasks"]) == 4
    assert (await owner.get(f"/tasks/{child['id']}")).status_code == 404
    again = await change(owner, three, deleted=True)
    assert [f["reason"] for f in again.json()["failures"]] == ["not_found"] * 3
    assert (await change(owner, three, deleted=False)).status_code == 200
    assert (await owner.get(f"/tasks/{child['id']}")).status_code == 200


async def test_tasks_move_to_another_project_together(owner: Person, three: list[TaskJson]) -> None:
    target = await owner.project("Target", key="TARGET")

    answer = await change(owner, three, project_id=target["id"])

    assert answer.status_code == 200, answer.text
    assert [(await read(owner, t))["key"] for t in three] == ["TARGET-1", "TARGET-2", "TARGET-3"]


async def test_two_bulk_changes_at_once_both_happen(owner: Person, three: list[TaskJson]) -> None:
    answers = await asyncio.gather(
        change(owner, three, add_tags=["x"]), change(owner, three[::-1], add_tags=["y"])
    )

    assert [a.status_code for a in answers] == [200, 200]
    for task in three:
        assert set((await read(owner, task))["tags"]) == {"old", "x", "y"}


async def test_a_thousand_tasks_take_well_below_a_second(owner: Person) -> None:
    project = await owner.project()
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        await db.execute(
            """
            INSERT INTO tasks (tenant_id, id, project_id, number, title, reporter_id, position)
            SELECT $1, gen_random_uuid(), $2::uuid, n, 'Task ' || n, $3, rank_of(n)
            FROM generate_series(1, 1000) n
            """,
            owner.tenant_id,
            project["id"],
            owner.id,
        )
        rows = await db.fetch("SELECT id FROM tasks WHERE tenant_id = $1", owner.tenant_id)
    tasks = [{"id": str(row["id"])} for row in rows]

    started = time.perf_counter()
    answer = await change(
        owner, tasks, status="completed", priority="high", assignee_id=str(owner.id), add_tags=["t"]
    )
    took = time.perf_counter() - started
    assert answer.status_code == 200
    assert len(answer.json()["tasks"]) == 1000
    undoing = time.perf_counter()
    undone = await owner.post("/undo", {})
    undo_took = time.perf_counter() - undoing
    print(f"\n1,000 tasks changed in {took * 1000:.0f} ms, undone in {undo_took * 1000:.0f} ms")
    assert undone.json()["events"] == 1000
    assert took < 3
    refused = await change(owner, [*tasks, tasks[0]], priority="low")
    assert refused.status_code == 422

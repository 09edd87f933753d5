"""Tasks that go to another project, copies of tasks."""

import asyncio
from typing import Any

import pytest
from tests.people import Person
from uuid_utils.compat import uuid7

TaskJson = dict[str, Any]


async def move(who: Person, task: TaskJson, project: dict[str, Any], **headers: str) -> Any:
    body = {"project_id": project["id"]}
    return await who.post(f"/tasks/{task['id']}/move-to-project", body, **headers)


async def read(who: Person, task: TaskJson) -> TaskJson:
    return (await who.get(f"/tasks/{task['id']}")).json()


@pytest.fixture
async def web(owner: Person) -> dict[str, Any]:
    return await owner.project("Web", key="WEB")


@pytest.fixture
async def app_project(owner: Person) -> dict[str, Any]:
    return await owner.project("App", key="APP")


async def test_a_task_gets_the_next_key_and_the_old_one_still_finds_it(
    owner: Person, web: dict[str, Any], app_project: dict[str, Any]
) -> None:
    await owner.task(app_project, "First")
    parent = await owner.task(web, "Parent")
    task = await owner.task(web, "Task", parent_id=parent["id"], tags=["a"], status="in_review")
    child = await owner.task(web, "Child", parent_id=task["id"])
    waits = await owner.post(
        f"/tasks/{task['id']}/dependencies", {"depends_on_task_id": parent["id"]}
    )
    assert waits.status_code == 409  # one's own parent
    other = await owner.task(web, "Other")
    await owner.post(f"/tasks/{task['id']}/dependencies", {"depends_on_task_id": other["id"]})

    answer = await move(owner, task, app_project)

    assert answer.status_code == 200, answer.text
    moved = answer.json()
    assert (moved["key"], moved["status"], moved["tags"]) == ("APP-2", "in_review", ["a"])
    assert moved["parent_id"] is None
    below = await read(owner, child)
    assert (below["key"], below["parent_id"]) == ("APP-3", task["id"])
    for old, new in (("WEB-2", "APP-2"), ("web-3", "APP-3"), ("APP-2", "APP-2")):
        assert (await owner.get(f"/tasks/by-key/{old}")).json()["key"] == new
    dependencies = (await owner.get(f"/tasks/{task['id']}/dependencies")).json()
    assert [d["task"]["key"] for d in dependencies["blocked_by"]] == [other["key"]]
    assert (await owner.task(app_project, "Next"))["key"] == "APP-4"
    assert (await owner.task(web, "Next"))["key"] == "WEB-5"
    event = (await owner.get(f"/tasks/{task['id']}/activity")).json()["items"][0]
    assert event["type"] == "task.transferred"
    assert event["payload"]["before"]["key"] == "WEB-2"


async def test_time_goes_with_its_task(
    owner: Person, web: dict[str, Any], app_project: dict[str, Any]
) -> None:
    task = await owner.task(web, "Task")
    worked = {"started_at": "2024-01-05T09:00:00Z", "minutes": 30}
    await owner.post(f"/tasks/{task['id']}/time-entries", worked)

    await move(owner, task, app_project)

    there = (await owner.get(f"/projects/{app_project['id']}/time-entries")).json()["items"]
    left = (await owner.get(f"/projects/{web['id']}/time-entries")).json()["items"]
    assert ([e["task_id"] for e in there], left) == ([task["id"]], [])


async def test_there_and_back_and_undone(
    owner: Person, web: dict[str, Any], app_project: dict[str, Any]
) -> None:
    parent = await owner.task(web, "Parent")
    task = await owner.task(web, "Task", parent_id=parent["id"])
    child = await owner.task(web, "Child", parent_id=task["id"])
    await move(owner, task, app_project)

    undone = await owner.post("/undo", {})

    assert undone.status_code == 200, undone.text
    for each in (task, child):
        now = await read(owner, each)
        assert {f: now[f] for f in ("key", "parent_id", "position", "status")} == {
            f: each[f] for f in ("key", "parent_id", "position", "status")
        }
    assert (await owner.get("/tasks/by-key/APP-1")).json()["key"] == task["key"]
    again = await owner.post(f"/events/{undone.json()['undone_by']}/undo")
    assert again.status_code == 200, again.text
    assert (await read(owner, task))["key"] == "APP-1"
    await move(owner, task, web)
    assert (await read(owner, task))["key"] == "WEB-4"
    for key in ("WEB-2", "APP-1"):
        assert (await owner.get(f"/tasks/by-key/{key}")).json()["key"] == "WEB-4"


async def test_a_state_that_is_not_there_becomes_one_of_its_category(
    owner: Person, web: dict[str, Any], app_project: dict[str, Any]
) -> None:
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        await db.execute(
            """
            INSERT INTO workflow_states (tenant_id, id, project_id, key, name, category, color,
                                         position)
            VALUES ($1, $2, $3, 'shipped', 'Shipped', 'completed', '#000000', 99)
            """,
            owner.tenant_id,
            uuid7(),
            web["id"],
        )
    task = await owner.task(web, "Task", status="shipped")

    moved = (await move(owner, task, app_project)).json()

    assert moved["status"] == "completed"
    assert moved["completed_at"] == task["completed_at"]


async def test_who_may_not_do_it_in_both_is_refused(
    owner: Person, stranger: Person, web: dict[str, Any], app_project: dict[str, Any]
) -> None:
    task = await owner.task(web, "Task")
    theirs = await stranger.project("Theirs")
    manager = await owner.colleague("manager")
    await owner.join(web, manager)

    assert (await move(manager, task, app_project)).status_code == 403
    await owner.join(app_project, manager, "viewer")
    assert (await move(manager, task, app_project)).status_code == 403
    for project in (theirs, {"id": str(uuid7())}, web):
        refused = await move(owner, task, project)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == "project_id"
    assert (await move(owner, task, app_project, **{"If-Match": '"7"'})).status_code == 409
    assert (await read(owner, task))["key"] == "WEB-1"


async def test_many_move_at_once_and_no_number_is_given_twice(
    owner: Person, web: dict[str, Any], app_project: dict[str, Any]
) -> None:
    tasks = [await owner.task(web, str(n)) for n in range(5)]
    back = [await owner.task(app_project, str(n)) for n in range(5)]

    answers = await asyncio.gather(
        *(move(owner, t, app_project) for t in tasks), *(move(owner, t, web) for t in back)
    )

    assert {a.status_code for a in answers} == {200}
    keys = {(await read(owner, t))["key"] for t in [*tasks, *back]}
    assert keys == {f"{p}-{n}" for p in ("APP", "WEB") for n in range(6, 11)}


async def test_a_copy_is_like_its_task_and_what_is_done_starts_anew(
    owner: Person, web: dict[str, Any]
) -> None:
    task = await owner.task(
        web, "Task", description="d", status="completed", priority="high", tags=["a"],
        due_date="2026-02-01T12:00:00Z", estimated_hours="2.50",
    )  # fmt: skip
    a = await owner.task(web, "a", parent_id=task["id"], status="in_progress")
    b = await owner.task(web, "b", parent_id=a["id"])
    c = await owner.task(web, "c", parent_id=a["id"])
    await owner.post(f"/tasks/{c['id']}/dependencies", {"depends_on_task_id": b["id"]})
    item = (await owner.post(f"/tasks/{task['id']}/checklist", {"title": "step"})).json()
    await owner.patch(f"/checklist-items/{item['id']}", {"is_done": True})
    await owner.post(f"/tasks/{task['id']}/comments", {"body": "not copied"})
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        await db.execute(
            "INSERT INTO attachments (tenant_id, id, task_id, name, url, object_key) VALUES"
            " ($1, $3, $2, 'link', 'https://example.org', NULL), ($1, $4, $2, 'file', NULL, 'k')",
            owner.tenant_id,
            task["id"],
            uuid7(),
            uuid7(),
        )

    answer = await owner.post(f"/tasks/{task['id']}/duplicate", {"subtasks": True})

    assert answer.status_code == 201, answer.text
    copy = answer.json()
    kept = ("title", "description", "priority", "tags", "due_date", "estimated_hours")
    assert {f: copy[f] for f in kept} == {f: task[f] for f in kept}
    assert (copy["status"], copy["completed_at"], copy["key"]) == ("pending", None, "WEB-5")
    tree = (await owner.get(f"/tasks/{copy['id']}/subtasks")).json()
    assert [(i["title"], i["depth"], i["status"]) for i in tree["items"]] == [
        ("a", 1, "in_progress"), ("b", 2, "pending"), ("c", 2, "pending"),
    ]  # fmt: skip
    waits = (await owner.get(f"/tasks/{tree['items'][2]['id']}/dependencies")).json()
    assert [d["task"]["key"] for d in waits["blocked_by"]] == [tree["items"][1]["key"]]
    steps = (await owner.get(f"/tasks/{copy['id']}/checklist")).json()["items"]
    assert [(s["title"], s["is_done"]) for s in steps] == [("step", False)]
    links = (await owner.get(f"/tasks/{copy['id']}/attachments")).json()["items"]
    assert [link["name"] for link in links] == ["link"]
    assert (await owner.get(f"/tasks/{copy['id']}/comments")).json()["items"] == []

    undone = await owner.post("/undo", {})
    assert undone.status_code == 200, undone.text
    assert (await owner.get(f"/tasks/{copy['id']}")).status_code == 404
    assert (await owner.get(f"/tasks/{task['id']}")).status_code == 200


async def test_a_copy_can_be_bare_and_have_a_name_and_an_id(
    owner: Person, web: dict[str, Any]
) -> None:
    parent = await owner.task(web, "Parent")
    task = await owner.task(web, "Task", parent_id=parent["id"])
    await owner.task(web, "Child", parent_id=task["id"])
    await owner.post(f"/tasks/{task['id']}/checklist", {"title": "step"})
    new = str(uuid7())
    body = {"id": new, "title": " Copy ", "checklist": False, "links": False}

    copy = (await owner.post(f"/tasks/{task['id']}/duplicate", body)).json()

    assert (copy["id"], copy["title"], copy["parent_id"]) == (new, "Copy", parent["id"])
    assert (await owner.get(f"/tasks/{new}/checklist")).json()["items"] == []
    assert (await owner.get(f"/tasks/{new}/subtasks")).json()["items"] == []
    for taken in (new, task["id"]):
        again = await owner.post(f"/tasks/{task['id']}/duplicate", {"id": taken})
        assert again.status_code == 409


async def test_a_move_is_not_undone_over_what_came_below_since(
    owner: Person, web: dict[str, Any], app_project: dict[str, Any]
) -> None:
    task = await owner.task(web, "Task")
    await move(owner, task, app_project)
    seq = (await owner.get(f"/tasks/{task['id']}/activity")).json()["items"][0]["seq"]
    await owner.task(app_project, "Child", parent_id=task["id"])

    refused = await owner.post(f"/events/{seq}/undo")

    assert refused.status_code == 409
    assert refused.json()["errors"][0]["field"] == "subtasks"


async def test_a_sub_task_that_is_made_during_a_move_does_not_stay_behind(
    owner: Person, web: dict[str, Any], app_project: dict[str, Any]
) -> None:
    for _ in range(5):
        task = await owner.task(web, "Task")
        body = {"title": "Child", "parent_id": task["id"]}
        _, made = await asyncio.gather(
            move(owner, task, app_project), owner.post(f"/projects/{web['id']}/tasks", body)
        )
        if made.status_code == 201:
            assert (await read(owner, made.json()))["project_id"] == app_project["id"]
        else:
            assert made.status_code == 422
